// Plays HLS by hls.js for a while, keeps account of what is seen, and posts that to the origin at the end.
const query = new URLSearchParams(location.search)
const origin = query.get('origin')
const isLive = query.get('kind') === 'live'
const seconds = Number(query.get('seconds'))
const video = document.querySelector('video')

// With read-ahead it may hold what our client may; at the live edge all is hls.js's own. The window is as large as the highest rung.
const hls = new Hls(isLive ? {} : { maxBufferLength: Number(query.get('ahead')), maxMaxBufferLength: Number(query.get('ahead')) })

const Look = 50 // ms; timers of pages that are seen may be this short
const StandsStill = 100 // ms without progress of the playback position
const figures = { startUpMs: null, seconds: 0, standstills: 0, standstillMs: 0, waiting: 0, switches: 0, watched: {}, latencies: [], ahead: [], errors: [] }
const source = `${origin}/${isLive ? 'live' : 'vod'}/master.m3u8`
let began, first, last, position, height, still = 0, counted = false

function look() {
    const now = performance.now()
    if (first === undefined) return
    const passed = now - last
    const progress = video.currentTime - position
    last = now
    position = video.currentTime
    figures.seconds += passed / 1000
    if (progress === 0) {
        still += passed
        if (still >= StandsStill) {
            figures.standstillMs += counted ? passed : still
            figures.standstills += counted ? 0 : 1
            counted = true
        }
        return
    }
    still = 0
    counted = false
    // A jump over a hole or to the live edge shows nothing of what it passes over.
    if (height) figures.watched[height] = (figures.watched[height] ?? 0) + Math.min(Math.max(progress, 0), 2 * passed / 1000)
    if (isLive && hls.playingDate) figures.latencies.push(Date.now() - hls.playingDate.getTime())
    const end = [...Array(video.buffered.length).keys()].map(i => video.buffered.end(i)).find(e => e >= position)
    if (end !== undefined) figures.ahead.push(end - position)
}

function quantile(values, share) {
    const sorted = [...values].sort((a, b) => a - b)
    return sorted.length ? sorted[Math.floor((sorted.length - 1) * share)] : null
}

async function report() {
    look()
    const quality = video.getVideoPlaybackQuality()
    const { latencies, ahead, ...rest } = figures
    const text = JSON.stringify({
        ...rest,
        latencyP50Ms: quantile(latencies, 0.5),
        latencyP95Ms: quantile(latencies, 0.95),
        aheadP50: quantile(ahead, 0.5),
        frames: quality.totalVideoFrames,
        dropped: quality.droppedVideoFrames,
        version: Hls.version,
    })
    for (;;) {
        try {
            await fetch(origin + '/figures', { method: 'POST', body: text })
            return
        } catch {
            await new Promise(resolve => setTimeout(resolve, 500))
        }
    }
}

hls.on(Hls.Events.FRAG_CHANGED, (_, { frag }) => {
    const now = hls.levels[frag.level]?.height
    if (height !== undefined && now !== height) figures.switches++
    height = now
})
hls.on(Hls.Events.ERROR, (_, { fatal, type, details }) => {
    if (!fatal) return
    figures.errors.push(details)
    // What its documentation says to do; without a playlist there is nothing to go on with.
    if (hls.levels.length === 0) setTimeout(() => hls.loadSource(source), 500)
    else if (type === Hls.ErrorTypes.NETWORK_ERROR) hls.startLoad()
    else if (type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError()
})
hls.on(Hls.Events.MANIFEST_PARSED, () => video.play())
video.addEventListener('waiting', () => figures.waiting++)
video.requestVideoFrameCallback(() => {
    first = last = performance.now()
    position = video.currentTime
    figures.startUpMs = first - began
})

began = performance.now()
hls.loadSource(source)
hls.attachMedia(video)
setInterval(look, Look)
setTimeout(report, seconds * 1000)
