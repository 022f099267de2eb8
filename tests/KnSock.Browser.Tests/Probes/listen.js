// Has the sound of the player pass through WebAudio. With the source of a worklet, `heard` tells when each beep began, by performance.now() and in ms.
async (worklet) => {
  const context = new AudioContext({ latencyHint: 'interactive' });
  const source = context.createMediaElementSource(probe.video);
  const analyser = new AnalyserNode(context, { fftSize: 2048 });
  source.connect(context.destination);
  source.connect(analyser);
  if (worklet) {
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([worklet], { type: 'text/javascript' })));
    const beeps = new AudioWorkletNode(context, 'beeps');
    source.connect(beeps).connect(context.destination);
    probe.heard = [];
    beeps.port.onmessage = ({ data }) => {
      const { contextTime, performanceTime } = context.getOutputTimestamp();
      probe.heard.push({ at: performanceTime + (data - contextTime) * 1000, rendered: performance.now() + (data - context.currentTime) * 1000 });
    };
  }
  /** How much louder it is at 1 kHz than elsewhere, dB. */
  probe.tone = () => {
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    const bin = Math.round((1000 * analyser.fftSize) / context.sampleRate);
    const tone = Math.max(...levels.slice(bin - 1, bin + 2));
    return Number.isFinite(tone) ? { level: tone, over: tone - Math.max(...levels.slice(bin * 4, bin * 8)) } : { level: -200, over: 0 };
  };
  await context.resume();
  return context.state;
}
