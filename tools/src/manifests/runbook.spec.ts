import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { anchorsOf } from './anchors-of.ts';
import { documentOf, textOf } from './repository.ts';

const runbook = textOf('docs/operations.md');
const { groups } = documentOf('docker/prometheus/alerts.yaml') as {
  groups: { rules: { alert: string }[] }[];
};

/** Headings of the third level under one of the second. */
const sectionsUnder = (heading: string): string[] => {
  const [, rest = ''] = runbook.split(`\n## ${heading}\n`);
  const [section = ''] = rest.split(/^## /m);
  return [...section.matchAll(/^### (.*)$/gm)].map(([, name]) => String(name));
};

describe('the runbook', () => {
  it('leads to what is there', () => {
    const links = [...runbook.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => String(link));
    expect(links.length).toBeGreaterThan(10);
    const anchors = anchorsOf(runbook);
    const broken = links
      .filter((link) => !link.startsWith('https://'))
      .filter((link) => {
        const [path = '', anchor] = link.split('#');
        if (path !== '') return !existsSync(join(__dirname, '../../../docs', path));
        return !anchors.includes(anchor ?? '');
      });
    expect(broken).toEqual([]);
  });

  it('has a page for every alert, in their order, and none for alerts that are no more', () => {
    const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    expect(sectionsUnder('Alerts')).toEqual(alerts);
  });
});
