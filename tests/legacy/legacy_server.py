#!/usr/bin/python3
"""A server that speaks the original kn-sock's streaming protocol, for tests: written from the description of its wire, nothing else.

Video port: greets with {"videos": [...]}, hears {"index": n}, then sends pictures (time, length, JPEG) at about 30 a second, whatever happens.
Audio port: hears nothing, sends sound (AUD0, time, length, s16le stereo at 44,100 Hz, 1,024 samples) as fast as the connection takes it.
Control port: hears {"buffer_level": seconds} each second, and does nothing with it.
Times are those of sending, so those of sound and picture have nothing to do with each other. Nothing ties a client's connections together.

What it plays it makes itself, unless a file is given: each second begins with a flash of a tenth of a second and a beep of 1 kHz as long.
It prints "ready PORT" when it can be connected to, and then a JSON line for each thing that it hears.
"""

import argparse
import json
import random
import socket
import struct
import subprocess
import sys
import threading
import time

import cv2
import numpy

SAMPLE_RATE = 44_100
CHUNK = 1024
FRAMES_A_SECOND = 30


OUTPUT = threading.Lock()


def say(**what):
    with OUTPUT:
        print(json.dumps(what), flush=True)


class Film:
    """All pictures of a video as JPEG files, and its sound as bytes."""

    def __init__(self, pictures, sound):
        self.pictures, self.sound = pictures, sound

    @classmethod
    def made(cls, seconds, width, height, quality, shade):
        noise = numpy.random.default_rng(shade).integers(0, 40, (height, width, 3), dtype=numpy.uint8)
        pictures = []
        for number in range(round(seconds * FRAMES_A_SECOND)):
            picture = numpy.full((height, width, 3), 245, numpy.uint8) if number % FRAMES_A_SECOND < 3 else noise.copy()
            at = number * 7 % (width - 40)
            picture[height // 3 : height // 2, at : at + 40] = (shade, 90, 200)
            pictures.append(encoded(picture, quality))
        times = numpy.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
        wave = numpy.where(times % 1 < 0.1, 0.5 * numpy.sin(2000 * numpy.pi * times), 0.005 * numpy.sin(440 * numpy.pi * times))
        samples = numpy.repeat((wave * 32767).astype("<i2"), 2)
        return cls(pictures, samples.tobytes())

    @classmethod
    def of(cls, path, quality):
        capture, pictures = cv2.VideoCapture(path), []
        while len(pictures) < 3000:
            found, picture = capture.read()
            if not found:
                break
            pictures.append(encoded(picture, quality))
        command = ["ffmpeg", "-v", "error", "-nostdin", "-i", path, "-vn", "-f", "s16le", "-ac", "2", "-ar", str(SAMPLE_RATE), "-"]
        return cls(pictures, subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout)


def encoded(picture, quality):
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


class Damage:
    """Spoils a stream of bytes in single places, one in `one_in` bytes on the average."""

    def __init__(self, one_in, kinds, seed):
        self.one_in, self.kinds, self.random, self.before = one_in, kinds, random.Random(seed), b""
        self.left = self.random.expovariate(1 / one_in) if one_in else None

    def spoil(self, data):
        if self.left is None:
            return data
        spoilt = bytearray()
        while self.left < len(data):
            at = int(self.left)
            spoilt += data[:at]
            data = self.hit(data[:at], data[at:], spoilt)
            self.left = self.random.expovariate(1 / self.one_in)
        self.left -= len(data)
        return bytes(spoilt + data)

    def hit(self, before, behind, spoilt):
        kind, count = self.random.choice(self.kinds), self.random.randrange(1, 200)
        if kind == "cut":
            return behind[count:]
        if kind == "insert":
            spoilt += self.random.randbytes(count)
        elif kind == "repeat":
            spoilt += before[-count:]
        else:
            spoilt.append(behind[0] ^ 1 << self.random.randrange(8))
            return behind[1:]
        return behind


class Server:
    def __init__(self, options, films):
        self.options, self.films, self.chosen = options, films, next(iter(films.values()))
        self.started = time.monotonic()

    def serve(self):
        ports = [(self.options.port, self.video), (self.options.port + 10, self.control)]
        if self.options.audio != "none":
            ports.append((self.options.port + 1, self.audio))
        for port, handler in ports:
            listener = socket.create_server(("127.0.0.1", port))
            threading.Thread(target=self.accept, args=(listener, handler), daemon=True).start()
        print(f"ready {self.options.port}", flush=True)
        threading.Event().wait()

    def accept(self, listener, handler):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=self.handle, args=(connection, handler), daemon=True).start()

    def handle(self, connection, handler):
        try:
            with connection:
                handler(connection)
        except OSError:
            pass
        say(closed=handler.__name__)

    def greeting(self):
        return self.options.greeting.encode() if self.options.greeting else json.dumps({"videos": list(self.films)}).encode()

    def video(self, connection):
        connection.sendall(self.greeting() + b"\n")
        line = connection.makefile("rb").readline()
        if not line:
            return
        index = self.index(line)
        say(index=index)
        self.chosen = list(self.films.values())[index]
        damage = Damage(self.options.damage_video, self.options.kinds.split(","), self.options.seed)
        began, number, pictures = time.monotonic(), 0, self.chosen.pictures
        while not self.is_over(began, "video"):
            picture = pictures[number % len(pictures)]
            sent = time.time() if self.options.times == "sent" else (number % len(pictures)) / FRAMES_A_SECOND
            connection.sendall(damage.spoil(struct.pack("!dI", sent, len(picture)) + picture))
            number += 1
            time.sleep(max(0, began + number / FRAMES_A_SECOND - time.monotonic()))

    def index(self, line):
        try:
            index = int(json.loads(line).get("index", 0))
        except (ValueError, AttributeError):
            index = 0
        return max(0, min(index, len(self.films) - 1))

    def audio(self, connection):
        if self.options.audio == "silent":
            threading.Event().wait()
        damage = Damage(self.options.damage_audio, self.options.kinds.split(","), self.options.seed)
        began, at, sound, sent = time.monotonic(), 0, self.chosen.sound, 0
        while not self.is_over(began, "audio") and sound:
            samples = sound[at : at + 4 * CHUNK]
            connection.sendall(damage.spoil(b"AUD0" + struct.pack("!dI", time.time(), len(samples)) + samples))
            at = at + len(samples) if at + len(samples) < len(sound) else 0
            sent += len(samples)
            if self.options.audio == "paced":
                time.sleep(max(0, began + sent / 4 / SAMPLE_RATE - time.monotonic()))

    def control(self, connection):
        for line in connection.makefile("rb"):
            say(feedback=json.loads(line))

    def is_over(self, began, which):
        """A connection that is closed after a while is closed once: the next one lives."""
        over = self.options.close_after and time.monotonic() - began > self.options.close_after and which in self.options.close
        if over:
            self.options.close_after = None
        return over


def main():
    parser = argparse.ArgumentParser(description="Speaks the original kn-sock's streaming protocol, for tests.")
    parser.add_argument("port", type=int, help="of the video; audio is one above, control ten above")
    parser.add_argument("--video", action="append", default=[], help="a file to play; otherwise two are made")
    parser.add_argument("--seconds", type=float, default=3, help="length of what is made")
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--quality", type=int, default=80)
    parser.add_argument("--audio", choices=["flood", "paced", "silent", "none"], default="flood")
    parser.add_argument("--times", choices=["sent", "file"], default="sent", help="what pictures say of their time; those of a file begin anew with it")
    parser.add_argument("--damage-audio", type=float, help="one hit in so many bytes")
    parser.add_argument("--damage-video", type=float, help="one hit in so many bytes")
    parser.add_argument("--kinds", default="cut,insert,repeat", help="of cut, insert, repeat, flip")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--close-after", type=float, help="seconds after which a connection is closed, once")
    parser.add_argument("--close", default="video", help="which: video, audio")
    parser.add_argument("--greeting", help="a line in place of the greeting")
    options = parser.parse_args()
    width, height = (int(part) for part in options.size.split("x"))
    films = {path.rsplit("/", 1)[-1]: Film.of(path, options.quality) for path in options.video}
    if not films:
        films = {f"{name}.mp4": Film.made(options.seconds, width, height, options.quality, shade) for name, shade in (("one", 40), ("two", 220))}
    Server(options, films).serve()


if __name__ == "__main__":
    sys.exit(main())
