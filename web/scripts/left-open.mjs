// How a player page fares that is left open, in the background, and over a sleep: `npm run left-open -- http://127.0.0.1:8080/watch?channel=NAME [--minutes 30] [--background 60] [--sleep 60] [--every 30]`.
// Wants a server that runs and a Chromium (CHROMIUM names one). Prints a line of JSON each `every` seconds, and a summary at the end. Linux.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '30' },
    background: { type: 'string', default: '60' },
    sleep: { type: 'string', default: '60' },
    every: { type: 'string', default: '30' },
  },
});
const [address] = positionals;
if (!address) throw new Error('name the address of a player page, such as http://127.0.0.1:8080/watch');

const profile = mkdtempSync(join(tmpdir(), 'knsock-left-open-'));
const chromium = spawn(
  process.env.CHROMIUM ?? 'chromium',
  [
    '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--autoplay-policy=no-user-gesture-required', '--mute-audio', '--disable-background-networking',
    '--disable-component-update', '--remote-debugging-port=0', '--enable-precise-memory-info', `--user-data-dir=${profile}`, 'about:blank',
  ],
  { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
);
const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

/** One connection to the browser; pages are sessions on it. */
class Browser {
  #socket;
  #calls = new Map();
  #last = 0;

  static async connect() {
    const url = await new Promise((resolve) => {
      let said = '';
      chromium.stderr.on('data', (text) => {
        said += text;
        const found = /DevTools listening on (\S+)/.exec(said);
        if (found) resolve(found[1]);
      });
    });
    const browser = new Browser();
    browser.#socket = new WebSocket(url);
    await new Promise((resolve, reject) => Object.assign(browser.#socket, { onopen: resolve, onerror: reject }));
    browser.#socket.onmessage = ({ data }) => {
      const { id, result, error } = JSON.parse(data);
      const call = browser.#calls.get(id);
      browser.#calls.delete(id);
      if (error) call?.reject(new Error(error.message));
      else call?.resolve(result);
    };
    return browser;
  }

  call(method, params = {}, sessionId = undefined) {
    return new Promise((resolve, reject) => {
      this.#calls.set(++this.#last, { resolve, reject });
      this.#socket.send(JSON.stringify({ id: this.#last, method, params, sessionId }));
    });
  }

  async open(url) {
    const { targetId } = await this.call('Target.createTarget', { url });
    const { sessionId } = await this.call('Target.attachToTarget', { targetId, flatten: true });
    return { targetId, sessionId };
  }
}

/** Memory of all processes of the browser, MB, by what they say is theirs alone and their part of what they share. */
function memory() {
  let bytes = 0;
  for (const pid of processes()) {
    try {
      bytes += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1_024;
    } catch {
      // It has just ended.
    }
  }
  return Math.round(bytes / 1e6);
}

/** The browser is the leader of its own group. */
function processes() {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[2] === String(chromium.pid);
    } catch {
      return false;
    }
  });
}

const browser = await Browser.connect();
const page = await browser.open(address);

async function look(phase) {
  await browser.call('HeapProfiler.collectGarbage', {}, page.sessionId);
  const { result } = await browser.call('Runtime.evaluate', { returnByValue: true, expression: `({ ...document.querySelector('knsock-player').player?.statistics, notices: undefined, hidden: document.hidden,
    nodes: document.querySelectorAll('*').length, buffered: [...Array(document.querySelector('knsock-player').shadowRoot.querySelector('video').buffered.length).keys()].reduce((sum, i) => {
    const { buffered } = document.querySelector('knsock-player').shadowRoot.querySelector('video'); return sum + buffered.end(i) - buffered.start(i); }, 0) })` }, page.sessionId);
  const { usedSize } = await browser.call('Runtime.getHeapUsage', {}, page.sessionId);
  const { state, rendition, latency, skewMs, stalls, stallMs, jumps, presented, dropped, hidden, buffered, videoBuffer } = result.value;
  const moment = {
    phase, at: Math.round(performance.now() / 1_000), state, rendition, hidden, latency: latency && Number(latency.toFixed(2)), skewMs: skewMs && Math.round(skewMs), stalls, stallMs, jumps, presented, dropped,
    bufferedSeconds: Math.round(buffered), aheadSeconds: Math.round(videoBuffer ?? 0), heapMB: Number((usedSize / 1e6).toFixed(2)), memoryMB: memory(),
  };
  console.log(JSON.stringify(moment));
  return moment;
}

/** Seconds until it plays near the live edge again. */
async function untilPlaying() {
  const started = performance.now();
  while (performance.now() - started < 60_000) {
    const { result } = await browser.call('Runtime.evaluate', { returnByValue: true, expression:
      "(({ state, latency } = {}) => state === 'playing' && latency !== null && latency < 2.5)(document.querySelector('knsock-player').player?.statistics)" }, page.sessionId);
    if (result.value) return Number(((performance.now() - started) / 1_000).toFixed(1));
    await wait(0.1);
  }
  return null;
}

try {
  await untilPlaying();
  await wait(10);
  const moments = [await look('open')];
  for (const until = performance.now() + Number(values.minutes) * 60_000; performance.now() < until;) {
    await wait(Number(values.every));
    moments.push(await look('open'));
  }

  let background = null;
  if (Number(values.background) > 0) {
    const other = await browser.open('about:blank');
    await browser.call('Target.activateTarget', { targetId: other.targetId });
    await wait(Number(values.background));
    const { hidden } = await look('background');
    await browser.call('Target.activateTarget', { targetId: page.targetId });
    background = { wasHidden: hidden, playsAfterSeconds: await untilPlaying() };
    await wait(5);
    moments.push(await look('after background'));
  }

  let slept = null;
  if (Number(values.sleep) > 0) {
    process.kill(-chromium.pid, 'SIGSTOP');
    await wait(Number(values.sleep));
    process.kill(-chromium.pid, 'SIGCONT');
    slept = { playsAfterSeconds: await untilPlaying() };
    await wait(5);
    moments.push(await look('after sleep'));
  }

  const open = moments.filter(({ phase }) => phase === 'open');
  const of = (name) => open.map((moment) => moment[name]).filter((value) => value !== null);
  console.log(JSON.stringify({
    minutes: Number(values.minutes), background, slept,
    heapMB: [of('heapMB')[0], Math.max(...of('heapMB')), of('heapMB').at(-1)], memoryMB: [of('memoryMB')[0], Math.max(...of('memoryMB')), of('memoryMB').at(-1)],
    skewMs: [Math.min(...of('skewMs')), Math.max(...of('skewMs'))], latency: [Math.min(...of('latency')), Math.max(...of('latency'))],
    stalls: open.at(-1).stalls, jumps: open.at(-1).jumps, dropped: open.at(-1).dropped, presented: open.at(-1).presented,
  }));
} finally {
  process.kill(-chromium.pid, 'SIGKILL');
  await wait(0.5);
  rmSync(profile, { recursive: true, force: true });
}
process.exit();
