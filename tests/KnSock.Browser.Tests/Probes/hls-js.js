// Plays a multivariant playlist by hls.js, set as the player page sets it, and notes what goes wrong.
(address) => {
  const video = Object.assign(document.createElement('video'), { muted: true, autoplay: true });
  document.body.append(video);
  const hls = new Hls({ lowLatencyMode: true, enableWorker: false });
  const hlsProbe = {
    video,
    hls,
    faults: [],
    stalls: 0,
    /** Plays the level with so many lines, or the lowest (0). */
    choose(lines) {
      hls.nextLevel = lines === 0 ? 0 : hls.levels.findIndex(({ height }) => height === lines);
    },
    get heights() { return hls.levels.map(({ height }) => height); },
  };
  hls.on(Hls.Events.ERROR, (_, { type, details, fatal }) => {
    // A busy machine has the picture stand still, and hls.js gives it a push after a while; neither is a fault of what it was served.
    if (!fatal && (details === Hls.ErrorDetails.BUFFER_STALLED_ERROR || details === Hls.ErrorDetails.BUFFER_NUDGE_ON_STALL)) hlsProbe.stalls += 1;
    else hlsProbe.faults.push(`${type} ${details}${fatal ? ' (fatal)' : ''}`);
  });
  hls.loadSource(address);
  hls.attachMedia(video);
  window.hlsProbe = hlsProbe;
}
