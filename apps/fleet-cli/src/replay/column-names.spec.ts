import { isMetricName } from '@fleet/robot-protocol';
import fc from 'fast-check';

import { ColumnNames } from './column-names.ts';

describe('names of columns', () => {
  it.each([
    ['Temperature_J0', 'Temperature_J0'],
    ['joint 1 (rad/s)', 'joint_1_rad_s_'],
    ['1st', 'm_1st'],
    ['_hidden', 'm__hidden'],
    ['', 'm_'],
    ['Größe', 'Gr_e'],
    ['x'.repeat(80), 'x'.repeat(64)],
  ])('turn %p into %p', (column, name) => {
    expect(new ColumnNames().nameOf(column)).toBe(name);
  });

  it('are valid, always the same for one column and never the same for two', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ maxLength: 70 }), { maxLength: 40 }), (columns) => {
        const names = new ColumnNames();
        const given = columns.map((column) => names.nameOf(column));
        expect(given.filter((name) => !isMetricName(name))).toEqual([]);
        expect(new Set(given).size).toBe(columns.length);
        expect(columns.map((column) => names.nameOf(column))).toEqual(given);
      }),
    );
  });
});
