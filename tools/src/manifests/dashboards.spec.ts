import { metricsOf } from './query-metrics.ts';
import { documentOf, operatorsFiles, textOf } from './repository.ts';

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}
interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

const paths = operatorsFiles('.json').filter((path) => path.startsWith('docker/grafana/dashboards/'));
const dashboards = paths.map((path) => JSON.parse(textOf(path)) as Dashboard);
const { datasources } = documentOf('docker/grafana/provisioning/datasources/prometheus.yaml') as {
  datasources: { uid: string }[];
};

describe('the dashboards', () => {
  it('are the fleet and the services', () => {
    expect(dashboards.map(({ uid }) => uid).sort()).toEqual(['fleet', 'services']);
  });

  it.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))(
    '%s asks the provisioned source, with one query or more a panel',
    (_title, { panels }) => {
      const shown = panels.filter(({ type }) => type !== 'row');
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      for (const { datasource, targets = [] } of shown) {
        expect(datasources.map(({ uid }) => uid)).toContain(datasource?.uid);
        expect(targets.length).toBeGreaterThan(0);
        for (const { expr } of targets) expect(metricsOf(expr)).not.toEqual([]);
      }
    },
  );

  it.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))(
    '%s puts no panel over another or over the edge',
    (_title, { panels }) => {
      const taken = new Map<string, string>();
      for (const { title, gridPos } of panels) {
        expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
        for (let { x } = gridPos; x < gridPos.x + gridPos.w; x += 1) {
          for (let { y } = gridPos; y < gridPos.y + gridPos.h; y += 1) {
            expect(taken.get(`${x},${y}`)).toBeUndefined();
            taken.set(`${x},${y}`, title);
          }
        }
      }
    },
  );
});
