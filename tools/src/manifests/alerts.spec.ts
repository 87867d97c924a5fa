import { anchorsOf } from './anchors-of.ts';
import { documentOf, operatorsFiles, textOf } from './repository.ts';

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly labels: { readonly severity: string };
      readonly annotations: Readonly<Record<string, string>>;
    }[];
  }[];
}

const alerts = (documentOf('docker/prometheus/alerts.yaml') as Rules).groups.flatMap(({ rules }) => rules);

describe('the alerts', () => {
  it('each say what to do, how urgent it is, and lead to their page', () => {
    const anchors = anchorsOf(textOf('docs/operations.md'));
    expect(alerts.length).toBeGreaterThan(20);
    for (const { alert, labels, annotations } of alerts) {
      expect(labels.severity).toMatch(/^(critical|warning)$/);
      expect(Object.keys(annotations).sort()).toEqual(['description', 'runbook_url', 'summary']);
      expect(annotations['runbook_url']).toBe(`docs/operations.md#${alert.toLowerCase()}`);
      expect(anchors).toContain(alert.toLowerCase());
    }
  });

  it('are each made to fire by a test', () => {
    const fired = operatorsFiles('.yaml')
      .filter((path) => path.startsWith('docker/prometheus/tests/'))
      .map(textOf)
      .join('\n');
    expect(
      alerts.map(({ alert }) => alert).filter((alert) => !fired.includes(`alertname="${alert}"`)),
    ).toEqual([]);
  });
});
