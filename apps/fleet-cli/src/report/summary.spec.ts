import { formatSummary, isComplete, type Summary } from './summary.ts';

const summary: Summary = {
  samples: { sent: 7_409, acked: 7_409, resent: 12, refused: 0, dropped: 0, unconfirmed: 0 },
  robots: 1,
  missions: { created: 240, completed: 133, failed: 107, cancelled: 0, open: 0 },
  missionEvents: { stream: 'brain.events.missions', written: 720, unwritten: 0 },
  seconds: 4,
  wasInterrupted: false,
};

describe('the summary', () => {
  it('says what became of samples and missions', () => {
    expect(formatSummary(summary)).toBe(
      [
        'samples   7,409 sent · 7,409 acked · 12 resent · 0 refused · 0 dropped · 0 unconfirmed',
        'missions  240 created · 133 completed · 107 failed · 0 cancelled · 0 under way',
        'events    720 written to brain.events.missions',
        'time      4.0 s, 1,852 samples a second from 1 robot',
        '',
      ].join('\n'),
    );
  });

  it('says what could not be written', () => {
    const missionEvents = { stream: 's', written: 1, unwritten: 2 };
    expect(formatSummary({ ...summary, missionEvents })).toContain('1 written to s, 2 could not be written');
  });

  it.each(['unconfirmed', 'refused', 'dropped'] as const)('is incomplete with a sample %s', (fate) => {
    expect(isComplete(summary)).toBe(true);
    expect(isComplete({ ...summary, samples: { ...summary.samples, [fate]: 1 } })).toBe(false);
  });

  it('is incomplete when a mission event is unwritten, and complete without missions', () => {
    expect(isComplete({ ...summary, missionEvents: { stream: 's', written: 0, unwritten: 1 } })).toBe(false);
    expect(isComplete({ ...summary, missionEvents: undefined })).toBe(true);
  });
});
