#!/bin/sh
# Makes the video whose sizes are in scenes.txt.gz: eight scenes of 12 s, easy and hard by turns, out of ffmpeg's own sources.
# Then: knsock simulate --measure scenes.mp4 --out scenes.txt.gz
set -eu
out=${1:-scenes.mp4}
size=1920x1080
rate=30
seconds=12
ffmpeg -hide_banner -nostdin -v error -y \
    -f lavfi -i "testsrc2=size=$size:rate=$rate:duration=$seconds" \
    -f lavfi -i "mandelbrot=size=960x540:rate=$rate:start_scale=1.5:end_scale=0.3:end_pts=$((seconds * rate))" \
    -f lavfi -i "smptehdbars=size=$size:rate=$rate:duration=$seconds" \
    -f lavfi -i "life=size=480x270:rate=$rate:mold=10:ratio=0.1:death_color=#402010:life_color=#80ff80:seed=7" \
    -f lavfi -i "gradients=size=$size:rate=$rate:duration=$seconds:speed=0.02:seed=5" \
    -f lavfi -i "cellauto=size=480x270:rate=$rate:rule=110:seed=3" \
    -f lavfi -i "aevalsrc=0.2*sin(2*PI*t*(220+40*sin(t)))+0.05*(random(0)-0.5):sample_rate=48000:duration=$((seconds * 8))" \
    -filter_complex "
        [0:v]split[a][a2];
        [1:v]trim=duration=$seconds,scale=1920:1080:flags=bicubic,split[b][b2];
        [2:v]scroll=horizontal=0.002:vertical=0.001,noise=alls=4:allf=t[c];
        [3:v]trim=duration=$seconds,scale=1920:1080:flags=bicubic,gblur=sigma=2[d];
        [4:v]noise=alls=6:allf=t[e];
        [5:v]trim=duration=$seconds,scale=1920:1080:flags=neighbor,gblur=sigma=3[f];
        [a2]hue=h=90*t,zoompan=z='1+0.3*sin(on/40)':d=1:s=$size:fps=$rate[g];
        [b2]noise=alls=14:allf=t,hflip[h];
        [a]setsar=1,format=yuv420p[s0];[b]setsar=1,format=yuv420p[s1];[c]setsar=1,format=yuv420p[s2];[d]setsar=1,format=yuv420p[s3];
        [e]setsar=1,format=yuv420p[s4];[f]setsar=1,format=yuv420p[s5];[g]setsar=1,format=yuv420p[s6];[h]setsar=1,format=yuv420p[s7];
        [s0][s1][s2][s3][s4][s5][s6][s7]concat=n=8:v=1:a=0[v]" \
    -map '[v]' -map 6:a -t $((seconds * 8)) -c:v libx264 -preset ultrafast -crf 12 -c:a aac -b:a 128k "$out"
