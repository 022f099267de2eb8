#!/usr/bin/env python3
"""A client of kn-sock's live streams, written from what goes over its wire and from nothing else: plays for a while and prints one line of JSON with what it saw.

Video port:   the server's first line has "videos"; answered by {"index": n}; then frames: f64 time, u32 length, JPEG (all big-endian).
Audio port:   nothing is said; frames: "AUD0", f64 time, u32 length, s16le stereo samples at 44,100 Hz.
Control port: {"buffer_level": seconds} each second.
"""
import argparse
import json
import select
import socket
import struct
import sys
import time

import cv2
import numpy as np

RATE = 44100
SAMPLE_BYTES = 4
LUMINANCE_SUM = 3688  # of table K.1 of ITU T.81 at quality 50, without its first number


def quality_of(jpeg):
    """The quality that the first quantisation table was scaled to; the step of the mean is left out of account."""
    at = jpeg.find(b"\xff\xdb")
    table = jpeg[at + 5:at + 69]
    if at < 0 or len(table) < 64:
        return None
    percent = 100.0 * sum(table[1:]) / LUMINANCE_SUM
    return round((200 - percent) / 2 if percent <= 100 else 5000 / percent, 1)


class Stream:
    """A connection and what of it was not read yet."""

    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port), timeout=10)
        self.data = bytearray()
        self.is_open = True

    def receive(self):
        try:
            got = self.socket.recv(65536)
        except ConnectionError:
            got = b""
        self.is_open = len(got) > 0
        self.data += got

    def line(self):
        while b"\n" not in self.data and self.is_open:
            self.receive()
        line, _, rest = bytes(self.data).partition(b"\n")
        self.data = bytearray(rest)
        return line


class Pictures:
    """Takes pictures apart, and remembers of each when it came and what it was."""

    def __init__(self):
        self.frames = []  # (arrival, time, bytes, width, height, quality, brightness)
        self.undecodable = 0
        self.out_of_order = 0

    def take(self, stream, now):
        while len(stream.data) >= 12:
            stamp, length = struct.unpack_from("!dI", stream.data)
            if len(stream.data) < 12 + length:
                return
            jpeg = bytes(stream.data[12:12 + length])
            del stream.data[:12 + length]
            # A quarter of the size each way will do to see what is in it; the whole of every tenth.
            whole = len(self.frames) % 10 == 0
            picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR if whole else cv2.IMREAD_REDUCED_GRAYSCALE_8)
            if picture is None:
                self.undecodable += 1
                continue
            height, width = size_of(jpeg)
            if whole and picture.shape[:2] != (height, width):
                self.undecodable += 1
            if self.frames and stamp <= self.frames[-1][1]:
                self.out_of_order += 1
            self.frames.append((now, stamp, length, width, height, quality_of(jpeg), float(picture.mean())))

    def late(self):
        """By how much the latest came later than the first one would have it."""
        if not self.frames:
            return None
        base = self.frames[0][0] - self.frames[0][1]
        return max(arrival - stamp - base for arrival, stamp, *_ in self.frames)


def size_of(jpeg):
    at = 2
    while at + 9 < len(jpeg):
        marker, length = jpeg[at + 1], struct.unpack_from("!H", jpeg, at + 2)[0]
        if marker in (0xC0, 0xC1, 0xC2):
            return struct.unpack_from("!HH", jpeg, at + 5)
        at += 2 + length
    return None, None


class Sound:
    """Takes the sound apart."""

    def __init__(self):
        self.frames = []  # (arrival, time, bytes)
        self.samples = bytearray()
        self.skipped = 0
        self.odd = 0

    def take(self, stream, now):
        while len(stream.data) >= 16:
            if stream.data[:4] != b"AUD0":
                del stream.data[:1]
                self.skipped += 1
                continue
            stamp, length = struct.unpack_from("!dI", stream.data, 4)
            if len(stream.data) < 16 + length:
                return
            self.samples += stream.data[16:16 + length]
            del stream.data[:16 + length]
            self.odd += length != 4096
            self.frames.append((now, stamp, length))

    def seconds(self):
        return len(self.samples) / SAMPLE_BYTES / RATE

    def largest_jump(self):
        """How far a piece's time is from the end of the piece before it, at most: 0 where all follow each other."""
        jumps = [abs(b[1] - a[1] - a[2] / SAMPLE_BYTES / RATE) for a, b in zip(self.frames, self.frames[1:])]
        return max(jumps, default=0.0)

    def onsets(self):
        """When sound begins after silence, on the server's timeline."""
        if not self.frames:
            return []
        wave = np.frombuffer(bytes(self.samples), "<i2").reshape(-1, 2)[:, 0].astype(np.float64)
        block = 441
        loud = [np.abs(wave[i:i + block]).max() > 3000 for i in range(0, len(wave) - block, block)]
        starts = [i for i in range(1, len(loud)) if loud[i] and not loud[i - 1]]
        return [round(self.frames[0][1] + i * block / RATE, 3) for i in starts]


def flashes(frames):
    """When the picture turns bright, on the server's timeline."""
    return [round(b[1], 3) for a, b in zip(frames, frames[1:]) if b[6] > 150 and a[6] < 100]


def arrival_gap(pictures, sound):
    """The latest difference of A/V order: how far the newest sound was from the newest picture at any moment, seconds."""
    if not pictures or not sound:
        return None
    worst, j = 0.0, 0
    begun = max(pictures[0][0], sound[0][0]) + 1
    for arrival, stamp, *_ in pictures:
        while j + 1 < len(sound) and sound[j + 1][0] <= arrival:
            j += 1
        if arrival >= begun:
            worst = max(worst, abs(stamp - sound[j][1]))
    return worst


def play(options):
    started = time.monotonic()
    video = Stream(options.host, options.port)
    greeting = json.loads(video.line())
    if "videos" not in greeting:
        raise SystemExit("the first line names no videos")
    if options.hesitate:
        time.sleep(options.hesitate)
    if options.index is not None:
        video.socket.sendall(json.dumps({"index": options.index}).encode() + b"\n")
    else:
        video.socket.sendall(b"{}\n")
    streams = {video.socket: video}
    audio = control = None
    if not options.video_only:
        audio = Stream(options.host, options.audio_port or options.port + 1)
        control = Stream(options.host, options.control_port or options.port + 10)
        streams[audio.socket] = audio
    pictures, sound = Pictures(), Sound()
    next_report, end = time.monotonic(), None
    level = 0.0
    while end is None or time.monotonic() < end:
        now = time.monotonic()
        if end is None and (pictures.frames or now - started > 30):
            end = (pictures.frames[0][0] if pictures.frames else now) + options.seconds
        if control is not None and now >= next_report:
            if pictures.frames:
                shown = pictures.frames[0][1] + (now - pictures.frames[0][0])
                level = max(0.0, pictures.frames[-1][1] - shown)
            told = options.buffer_level if options.buffer_level is not None else level
            try:
                control.socket.sendall(json.dumps({"buffer_level": told}).encode() + b"\n")
            except OSError:
                control = None
            next_report += 1
        readable, _, _ = select.select([s for s, stream in streams.items() if stream.is_open], [], [], 0.05)
        now = time.monotonic()
        for s in readable:
            streams[s].receive()
            (pictures if s is video.socket else sound).take(streams[s], now)
        if not video.is_open:
            break
    return greeting, pictures, sound, started


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--audio-port", type=int)
    parser.add_argument("--control-port", type=int)
    parser.add_argument("--index", type=int, default=None)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--buffer-level", type=float, default=None, help="what is reported; what is in the buffer if it is missing")
    parser.add_argument("--video-only", action="store_true")
    parser.add_argument("--hesitate", type=float, default=0, help="seconds before the video is chosen")
    options = parser.parse_args()
    greeting, pictures, sound, started = play(options)
    frames = pictures.frames
    first = frames[0][0] if frames else None
    qualities = [f[5] for f in frames]
    by_second = {}
    for frame in frames:
        by_second.setdefault(int(frame[0] - first), []).append(frame)
    print(json.dumps({
        "videos": greeting["videos"],
        "frames": len(frames),
        "undecodable": pictures.undecodable,
        "outOfOrder": pictures.out_of_order,
        "sizes": sorted({f"{f[3]}x{f[4]}" for f in frames}),
        "bytesPerFrame": round(sum(f[2] for f in frames) / len(frames)) if frames else 0,
        "qualities": [qualities[0], min(qualities), max(qualities), qualities[-1]] if frames else [],
        "secondly": [{
            "frames": len(s), "quality": s[-1][5], "width": s[-1][3], "bytes": round(sum(f[2] for f in s) / len(s)),
        } for _, s in sorted(by_second.items())],
        "joinSeconds": round(first - started, 3) if frames else None,
        "firstTime": frames[0][1] if frames else None,
        "lastTime": frames[-1][1] if frames else None,
        "lateSeconds": round(pictures.late(), 3) if frames else None,
        "soundSeconds": round(sound.seconds(), 3),
        "soundFrames": len(sound.frames),
        "soundOdd": sound.odd,
        "soundSkipped": sound.skipped,
        "soundJump": round(sound.largest_jump(), 6),
        "soundPeak": int(np.abs(np.frombuffer(bytes(sound.samples), "<i2").astype(np.int32)).max()) if sound.samples else 0,
        "soundStart": sound.frames[0][1] if sound.frames else None,
        "orderSeconds": round(arrival_gap(frames, sound.frames), 3) if frames and sound.frames else None,
        "flashes": flashes(frames),
        "beeps": sound.onsets(),
    }))
    return 0 if frames else 1


if __name__ == "__main__":
    sys.exit(main())
