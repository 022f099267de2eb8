// Runs before the scripts of a page. No WebSocket gets through, so that the page falls back to HLS; then notes all that hls.js finds wrong, and each time that the picture has to wait.
(() => {
  // Real ones that fail as those behind such a proxy do: what answers there knows nothing of them.
  window.WebSocket = class extends WebSocket { constructor(url, protocols) { super(`ws://${location.host}/healthz`, protocols); } };

  const hlsProbe = {
    faults: [],
    get engine() { return probe.element?.hls?.engine ?? null; },
    get height() { return probe.video.videoHeight; },
    /** For the message of a test that fails. */
    describe() {
      const { engine } = hlsProbe;
      return JSON.stringify({
        faults: hlsProbe.faults, height: hlsProbe.height, menu: probe.element?.shadowRoot?.querySelector('#quality')?.value, isAuto: engine?.autoLevelEnabled, loads: engine?.loadLevel,
        plays: engine?.currentLevel, levels: engine?.levels.map((level) => level.uri), latency: engine?.latency,
      });
    },
    /** Between pictures that lie in the buffer there is nothing missing. */
    get holes() { return Math.max(0, probe.video.buffered.length - 1); },
  };
  window.hlsProbe = hlsProbe;

  const waiting = setInterval(() => {
    if (!hlsProbe.engine) return;
    clearInterval(waiting);
    hlsProbe.engine.on('hlsError', (_, { type, details, fatal, error }) => {
      // What it breaks off itself, because it has another rung in mind by now, is no fault.
      if (details !== 'aborted' || fatal) hlsProbe.faults.push(`${type} ${details}${fatal ? ' (fatal)' : ''}: ${error?.message}`);
    });
    probe.video.addEventListener('playing', () => {
      probe.video.addEventListener('waiting', () => hlsProbe.faults.push(`waiting at ${probe.video.currentTime}`));
    }, { once: true });
  }, 5);
})();
