#!/usr/bin/env bash
# Installs what is missing, builds, and serves videos on port 9000.
set -euo pipefail

root=$(dirname "$(readlink -f "$0")")
. "$root/eng/setup.sh"

case ${1:-} in
    -h | --help)
        cat <<'EOF'
Usage: ./start.sh [VIDEO...]      serves the videos, or three generated ones, on port 9000 (sound 9001, control 9010)
                                  and in browsers at http://localhost:8080/
       ./start.sh play [ARGS...]  opens the client on 127.0.0.1:9000; ARGS as in: ./knsock play --help

Installs ffmpeg, SDL2 and Node with apt where they are missing and makes a Release build. Ctrl-C ends the server.
EOF
        exit 0
        ;;
esac

if [ "${1:-}" = play ] && [ -x "$root/knsock" ]; then
    shift
    exec "$root/knsock" play 127.0.0.1:9000 "$@"
fi

install ffmpeg libsdl2-2.0-0 nodejs npm || present ffmpeg || exit 1
echo "Building ..."
build src/KnSock.Cli

if [ "${1:-}" = play ]; then
    exec "$root/start.sh" "$@"
fi

if [ $# -eq 0 ]; then
    echo "Making the sample videos ..."
    samples=$("$root/samples/make-samples.sh")
    mapfile -t samples <<<"$samples"
    set -- "${samples[@]}"
fi
exec "$root/knsock" serve 9000 "$@"
