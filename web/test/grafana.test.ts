import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The server's instruments by the names that the exporter gives them for Prometheus. */
function exportedNames(): Set<string> {
  const source = read('src/KnSock.Server/Diagnostics/ServerMetrics.cs');
  const created = source.matchAll(/Create(Counter|UpDownCounter|ObservableUpDownCounter|ObservableGauge)(?:<long>)?\("([\w.]+)",[^;]*?"(By|1|\{\w+\})"/g);
  return new Set([...created].map(([, kind, name, unit]) => name!.replaceAll('.', '_') + (unit === 'By' ? '_bytes' : '') + (kind === 'Counter' ? '_total' : '')));
}

test('the Grafana dashboard shows each of the server\'s instruments, and none that it does not have', () => {
  const dashboard = JSON.parse(read('docs/grafana/knsock.json')) as { panels: { id: number; targets: { expr: string }[] }[] };
  const shown = new Set(dashboard.panels.flatMap((panel) => panel.targets).flatMap(({ expr }) => expr.match(/knsock_(?:server|store)_\w+/g) ?? []));
  expect(shown.size).toBeGreaterThan(10);
  expect([...shown].sort()).toEqual([...exportedNames()].sort());
  expect(new Set(dashboard.panels.map((panel) => panel.id)).size).toBe(dashboard.panels.length);
});
