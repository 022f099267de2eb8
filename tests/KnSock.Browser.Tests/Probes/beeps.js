// Finds the beginnings of beeps, to the sample: each quantum says at which frame of the context it begins.
registerProcessor('beeps', class extends AudioWorkletProcessor {
  #quietUntil = 0;

  process([input]) {
    const samples = input[0];
    if (!samples) return true;
    for (let index = 0; index < samples.length; index += 1) {
      if (Math.abs(samples[index]) < 0.12) continue;
      const frame = currentFrame + index;
      if (frame >= this.#quietUntil) this.port.postMessage(frame / sampleRate);
      this.#quietUntil = frame + 0.3 * sampleRate;
    }
    return true;
  }
});
