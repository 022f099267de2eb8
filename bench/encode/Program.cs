using System.Globalization;
using KnSock.EncodeBenchmark;

// Usage: dotnet run -c Release --project bench/encode [-- VIDEO [ROUNDS]]; 0 rounds leave the ladder out.
// Without a video it makes one: 60 s of 720p with a keyframe every 3 s. No rung is passed through.
using var folder = new WorkFolder();
var video = args.Length > 0 ? Path.GetFullPath(args[0]) : await SampleVideo.MakeAsync(folder);
var rounds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;

if (rounds > 0)
{
    await LadderCost.RunAsync(video, rounds, folder);
}

await ColdRung.RunAsync(video);
