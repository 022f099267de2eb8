namespace KnSock.EncodeBenchmark;

/// <summary>A video full of detail.</summary>
internal static class SampleVideo
{
    public static async Task<string> MakeAsync(WorkFolder folder)
    {
        var path = folder.NewPath(".mp4");
        const string Picture = "mandelbrot=s=1280x720:r=30:maxiter=256:start_scale=0.6:end_scale=0.02:end_pts=1800:start_x=-0.743643887:start_y=-0.131825904:inner=mincol";
        await Child.CpuSecondsAsync("ffmpeg", $"-v error -f lavfi -i {Picture} -f lavfi -i sine=f=440:r=48000 -t 60 -c:v libx264 -preset veryfast -b:v 4M -pix_fmt yuv420p -g 90 -c:a aac -b:a 128k -ac 2 {path}".Split(' '));
        return path;
    }
}
