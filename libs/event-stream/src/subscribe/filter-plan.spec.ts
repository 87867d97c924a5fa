import { filterConfig, planFilters } from './filter-plan.ts';

const stream = ['a.*', 'b.*', 'c.*'];

describe('planFilters', () => {
  it.each(['2.9.10', '2.9.25', '1.4.0', ''])(
    'asks server %j for the whole stream where it wants several parts',
    (v) => {
      expect(planFilters(['a.*', 'b.*'], stream, v)).toEqual({ filters: [], coarse: true });
    },
  );

  it.each(['2.10.0', '2.10.27-RC.1', '2.15.1', '3.0.0'])('gives server %s the list', (version) => {
    expect(planFilters(['a.*', 'b.*'], stream, version)).toEqual({ filters: ['a.*', 'b.*'], coarse: false });
  });

  it('gives any server one filter, and none for all of a stream', () => {
    expect(planFilters(['a.x'], stream, '2.9.10')).toEqual({ filters: ['a.x'], coarse: false });
    expect(planFilters(['c.*', 'a.*', 'b.*'], stream, '2.9.10')).toEqual({ filters: [], coarse: false });
  });

  it('is said in the words of the configuration', () => {
    expect(filterConfig({ filters: [], coarse: true })).toEqual({});
    expect(filterConfig({ filters: ['a.*'], coarse: false })).toEqual({ filter_subject: 'a.*' });
    expect(filterConfig({ filters: ['a.*', 'b.*'], coarse: false })).toEqual({
      filter_subjects: ['a.*', 'b.*'],
    });
  });
});
