// Runs before the scripts of each page. Looks at each picture that is shown, and remembers when the first one came that differs from the one before.
(() => {
  const absolute = () => performance.timeOrigin + performance.now();
  const canvas = new OffscreenCanvas(32, 18);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let last = null;
  let shown = 0;

  const probe = {
    movedAt: null, // of the wall clock, ms, as all pages have it
    pictures: 0,
    changes: 0,
    brightest: 0,
    shown: [], // of each picture: when it is on the display, at which time of the media, how bright it is
    get element() { return document.querySelector('knsock-player'); },
    get video() { return this.element?.shadowRoot?.querySelector('video') ?? null; },
    get statistics() { return this.element?.player?.statistics ?? null; },
    get notice() {
      const notice = this.element?.shadowRoot?.querySelector('.notice');
      return notice && !notice.hidden ? notice.textContent : '';
    },
    /** The longest time without a new picture since a moment, ms. */
    longestGap(since) {
      const times = [since, ...this.shown.map((one) => one.at).filter((at) => at > since), performance.now()];
      return Math.max(...times.slice(1).map((at, index) => at - times[index]));
    },
    describe() {
      const { video, statistics, pictures, changes, notice } = this;
      const ready = video && { at: video.currentTime, state: video.readyState, paused: video.paused, error: video.error?.message };
      return JSON.stringify({ url: location.href, ready, pictures, changes, notice, statistics });
    },
  };
  window.probe = probe;

  addEventListener('click', () => sessionStorage.setItem('clickedAt', String(absolute())), true);

  function onPicture(now, metadata) {
    const { video } = probe;
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let sum = 0;
    let differs = false;
    for (let index = 0; index < data.length; index += 4) {
      sum += data[index] + data[index + 1] + data[index + 2];
      differs ||= last !== null && Math.abs(data[index] - last[index]) + Math.abs(data[index + 1] - last[index + 1]) > 6;
    }
    const brightness = sum / (data.length / 4) / 3;
    last = data;
    probe.pictures += 1;
    probe.brightest = Math.max(probe.brightest, brightness);
    probe.shown.push({ at: metadata.expectedDisplayTime, media: metadata.mediaTime, brightness });
    if (differs) {
      probe.changes += 1;
      probe.movedAt ??= absolute();
    }
    video.requestVideoFrameCallback(onPicture);
  }

  const watching = setInterval(() => {
    if (!probe.video) return;
    clearInterval(watching);
    probe.video.requestVideoFrameCallback(onPicture);
  }, 5);
})();
