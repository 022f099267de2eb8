import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build } from 'vite';

/** What a page loads before anybody asks for more, gzipped. */
const MOST_BYTES = 150_000;

describe('what is built', () => {
  let folder = '';
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'knsock-web-'));
    await build({ root: fileURLToPath(new URL('..', import.meta.url)), logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The scripts and styles that a page names, and those that they import at once. */
  const eager = (page: string) => {
    const seen = new Set<string>();
    const visit = (name: string) => {
      if (seen.has(name)) return;
      seen.add(name);
      if (name.endsWith('.js')) for (const [, next] of read(name).matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) visit(`assets/${next}`);
    };
    for (const [, name] of read(page).matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)) visit(name!);
    return [...seen];
  };

  test.each(['index.html', 'watch.html', 'dashboard.html'])('%s is small', (page) => {
    const files = eager(page);
    expect(files.some((name) => name.endsWith('.js')) && files.some((name) => name.endsWith('.css'))).toBe(true);
    const bytes = files.reduce((sum, name) => sum + gzipSync(read(name)).length, 0);
    console.log(`${page}: ${bytes} bytes in ${files.length} files`);
    expect(bytes).toBeLessThan(MOST_BYTES);
    expect(files.filter((name) => /hls-|plots-/.test(name) && !name.includes('fallback'))).toEqual([]);
  });

  test.each(['index.html', 'watch.html', 'dashboard.html'])('%s keeps to a strict Content Security Policy, and names nobody else', (page) => {
    const html = read(page);
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
    expect(html).not.toMatch(/(?:src|href)="(?:\/|\w+:)/);
    expect(existsSync(join(folder, 'favicon.svg'))).toBe(true);
  });
});
