#!/usr/bin/env bash
# Makes the short sample videos with ffmpeg's own sources and prints their paths, one a line.
# What was made once is kept. Usage: make-samples.sh [-d FOLDER] [NAME...]; names: flash-and-beep mandelbrot life.
set -euo pipefail

folder="${XDG_CACHE_HOME:-$HOME/.cache}/knsock/samples"
[ "${1:-}" = -d ] && { folder=$2; shift 2; }
[ $# -gt 0 ] || set -- flash-and-beep mandelbrot life

# A recipe's fingerprint stands beside the video: a changed recipe makes the video anew.
# encode NAME TITLE SECONDS FFMPEG_ARGUMENTS...   (the arguments end in streams mapped as picture and sound)
encode() {
    local name=$1 title=$2 seconds=$3
    shift 3
    local video="$folder/$name.mp4" recipe part
    recipe=$({ declare -f encode; printf '%s\n' "$title" "$seconds" "$@"; } | sha256sum | cut -c1-16)
    if [ ! -s "$video" ] || [ "$(cat "$folder/.$name.recipe" 2>/dev/null)" != "$recipe" ]; then
        part=$(mktemp -p "$folder" ".$name.XXXXXX")
        if ! ffmpeg -v error -nostdin -y "$@" -t "$seconds" \
            -c:v libx264 -preset superfast -crf 22 -pix_fmt yuv420p -g 60 -c:a aac -b:a 128k -ar 48000 -ac 2 \
            -metadata title="$title" -movflags +faststart -f mp4 "$part"; then
            rm -f "$part"
            return 1
        fi
        chmod 644 "$part"
        mv -f "$part" "$video"
        printf '%s\n' "$recipe" >"$folder/.$name.recipe"
    fi
}

# A running timecode; in the middle of each second the whole picture is white for two frames and a 1 kHz tone sounds
# for the same 3,200 samples. Half a second off the full second, so that the seam of the loop at 0 is nothing special.
flash_and_beep() {
    encode flash-and-beep 'Flash and beep' 20 \
        -f lavfi -i 'gradients=s=1280x720:r=30:d=20:speed=0.0005:c0=0x0b1d3a:c1=0x101820:nb_colors=2:x0=0:y0=0:x1=1280:y1=720:seed=1' \
        -f lavfi -i 'color=c=0x4fb3ff:s=8x120:r=30:d=20' \
        -f lavfi -i 'aevalsrc=exprs=0.5*sin(2*PI*1000*n/48000)*lt(mod(n+24000\,48000)\,3200):s=48000:c=mono:d=20' \
        -filter_complex "[0:v][1:v]overlay=x='mod(t\,1)*W-4':y=480:eval=frame,
            drawbox=x=639:y=460:w=2:h=160:color=white@0.8:t=fill,
            drawtext=text='%{pts\\:hms}':fontsize=140:fontcolor=white:x=(w-text_w)/2:y=220,
            drawbox=color=white:t=fill:enable='lt(mod(n+15\,30)\,2)'[v];[2:a]pan=stereo|c0=c0|c1=c0[a]" \
        -map '[v]' -map '[a]'
}

# Fine detail everywhere, so that every rung has to use the rate it is allowed. The sound is an arpeggio.
mandelbrot() {
    encode mandelbrot 'Into the Mandelbrot set' 12 \
        -f lavfi -i 'mandelbrot=s=1280x720:r=30:maxiter=256:start_scale=0.6:end_scale=0.02:end_pts=360:start_x=-0.743643887:start_y=-0.131825904:inner=mincol' \
        -f lavfi -i 'aevalsrc=exprs=0.25*exp(-4*mod(t\,0.25))*sin(2*PI*t*220*pow(2\,(4*eq(mod(floor(4*t)\,4)\,1)+7*eq(mod(floor(4*t)\,4)\,2)+12*eq(mod(floor(4*t)\,4)\,3)-2*mod(floor(t/3)\,2))/12)):s=48000:c=mono:d=12' \
        -map 0:v -map 1:a
}

# Conway's game with its traces, calm colours, a slowly swelling chord.
life() {
    encode life 'Life' 15 \
        -f lavfi -i 'life=s=320x180:r=30:mold=12:ratio=0.12:seed=7:death_color=0x3a1c71:life_color=0xffd194:mold_color=0x0f2027' \
        -f lavfi -i 'aevalsrc=exprs=(0.12*sin(2*PI*130.8*t)+0.1*sin(2*PI*196*t)+0.08*sin(2*PI*329.6*t+sin(2*PI*t/5)))*(0.55-0.45*cos(2*PI*t/5)):s=48000:c=mono:d=15' \
        -vf scale=1280:720:flags=neighbor -map 0:v -map 1:a
}

mkdir -p "$folder"
for name; do
    case $name in
        flash-and-beep | mandelbrot | life) "${name//-/_}" ;;
        *)
            echo "make-samples.sh: no sample is called '$name'" >&2
            exit 2
            ;;
    esac
    printf '%s\n' "$folder/$name.mp4"
done
