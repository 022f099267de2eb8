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
    // The picture stood still, and hls.js gave it a push or jumped over a hole, as it does now and then where the rung changes: told, and no fault that ends it.
    const stalls = [Hls.ErrorDetails.BUFFER_STALLED_ERROR, Hls.ErrorDetails.BUFFER_NUDGE_ON_STALL, Hls.ErrorDetails.BUFFER_SEEK_OVER_HOLE];
    if (!fatal && stalls.includes(details)) hlsProbe.stalls += 1;
    else hlsProbe.faults.push(`${type} ${details}${fatal ? ' (fatal)' : ''}`);
  });
  hls.loadSource(address);
  hls.attachMedia(video);
  window.hlsProbe = hlsProbe;
}
