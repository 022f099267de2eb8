import { afterEach, describe, expect, test, vi } from 'vitest';
import { AdminApi, Gone, Problem, Refused } from '../src/dashboard/api';

const problem = (status: number, detail: string) => new Response(JSON.stringify({ status, detail }), { status, headers: { 'content-type': 'application/problem+json' } });

describe('the API as an administrator asks it', () => {
  const asked: [string, string, unknown][] = [];
  const answer = (response: Response) => vi.stubGlobal('fetch', (url: URL, { method, body }: { method: string; body?: string }) => {
    asked.push([method, url.pathname, body && JSON.parse(body)]);
    return Promise.resolve(response);
  });
  vi.stubGlobal('location', { href: 'http://host/live/dashboard' });
  afterEach(() => { asked.length = 0; });

  test('a server without a media folder has no files to offer, which is no refusal', async () => {
    answer(problem(403, 'the channels of this server stay as they are'));
    expect(await new AdminApi().mediaFiles()).toBeNull();
    answer(Response.json({ files: ['a.mp4'] }));
    expect(await new AdminApi().mediaFiles()).toEqual(['a.mp4']);
    answer(new Response(null, { status: 401 }));
    await expect(new AdminApi().mediaFiles()).rejects.toBeInstanceOf(Refused);
  });

  test('channels are added, described and removed below the page\'s own address', async () => {
    const api = new AdminApi();
    answer(Response.json({ index: 3, name: 'talk (2)' }, { status: 201 }));
    expect(await api.addChannel({ file: 'talk.mp4' })).toBe('talk (2)');
    answer(Response.json({}));
    await api.describeChannel(3, { title: 'A talk' });
    answer(new Response(null, { status: 204 }));
    await api.removeChannel(3);
    expect(asked).toEqual([
      ['POST', '/live/api/channels', { file: 'talk.mp4' }], ['PATCH', '/live/api/channels/3', { title: 'A talk' }], ['DELETE', '/live/api/channels/3', undefined],
    ]);
  });

  test('what the server says against it is told in its words; what says nothing is gone, or a fault', async () => {
    const api = new AdminApi();
    answer(problem(409, 'another channel is called so'));
    await expect(api.describeChannel(0, { name: 'a' })).rejects.toEqual(new Problem('another channel is called so'));
    answer(new Response('', { status: 404 }));
    await expect(api.end('v1')).rejects.toBeInstanceOf(Gone);
    answer(new Response('<html>', { status: 502 }));
    await expect(api.removeChannel(0)).rejects.toThrow('the server answered with 502');
  });
});
