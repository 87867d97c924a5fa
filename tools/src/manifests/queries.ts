import { documentOf, operatorsFiles, textOf } from './repository.ts';

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}
interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { expr: string }[] }[];
}

/** Every expression that an alert or a panel of a dashboard asks, and where it stands. */
export const queriesOfOperators = (): [place: string, expression: string][] => {
  const { groups } = documentOf('docker/prometheus/alerts.yaml') as Rules;
  const directory = 'docker/grafana/dashboards/';
  const dashboards = operatorsFiles('.json')
    .filter((path) => path.startsWith(directory))
    .map((path) => JSON.parse(textOf(path)) as Dashboard);
  return [
    ...groups.flatMap(({ rules }) =>
      rules.map(({ alert, expr }): [string, string] => [`alert ${alert}`, expr]),
    ),
    ...dashboards.flatMap(({ panels }) =>
      panels.flatMap(({ title, targets = [] }) =>
        targets.map(({ expr }): [string, string] => [`panel ${title}`, expr]),
      ),
    ),
  ];
};
