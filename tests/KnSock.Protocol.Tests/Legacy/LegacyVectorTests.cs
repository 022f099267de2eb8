using System.Text;
using KnSock.Protocol.Legacy;

namespace KnSock.Protocol.Tests.Legacy;

/// <summary>kn-sock's wire as the golden vectors have it, written and read.</summary>
public sealed class LegacyVectorTests
{
    public static TheoryData<string> AudioHeaders => Vectors.Legacy.Names("audioHeaders");

    public static TheoryData<string> RefusedAudioHeaders => Vectors.Legacy.Names("refusedAudioHeaders");

    public static TheoryData<string> PictureHeaders => Vectors.Legacy.Names("pictureHeaders");

    public static TheoryData<string> RefusedPictureHeaders => Vectors.Legacy.Names("refusedPictureHeaders");

    public static TheoryData<string> AudioStreams => Vectors.Legacy.Names("audioStreams");

    public static TheoryData<string> PictureStreams => Vectors.Legacy.Names("pictureStreams");

    public static TheoryData<string> Selections => Vectors.Legacy.Names("selections");

    public static TheoryData<string> NotSelections => Vectors.Legacy.Names("notSelections");

    public static TheoryData<string> Feedback => Vectors.Legacy.Names("feedback");

    public static TheoryData<string> NotFeedback => Vectors.Legacy.Names("notFeedback");

    [Theory]
    [MemberData(nameof(AudioHeaders))]
    public void AHeaderOfSoundIsReadAndWrittenAsTheVectorSays(string name)
    {
        var vector = Vectors.Legacy.Named("audioHeaders", name);
        var (time, length) = ((double)vector["time"]!, (int)vector["length"]!);
        var header = LegacyAudioHeader.Read(vector.Hex());
        Assert.True(header.IsPossible);
        Assert.Equal((time, (uint)length), (header.Time, header.Length));

        var written = new byte[LegacyAudioHeader.Size];
        LegacyAudioHeader.Write(written, time, length);
        Assert.Equal(vector.Hex(), written);
    }

    [Theory]
    [MemberData(nameof(RefusedAudioHeaders))]
    public void AHeaderOfSoundThatCannotBeIsRefused(string name) => Assert.False(LegacyAudioHeader.Read(Vectors.Legacy.Named("refusedAudioHeaders", name).Hex()).IsPossible);

    [Theory]
    [MemberData(nameof(PictureHeaders))]
    public void AHeaderOfAPictureIsReadAndWrittenAsTheVectorSays(string name)
    {
        var vector = Vectors.Legacy.Named("pictureHeaders", name);
        var (time, length) = ((double)vector["time"]!, (int)vector["length"]!);
        var header = LegacyPictureHeader.Read(vector.Hex());
        Assert.True(header.IsPossible);
        Assert.Equal((time, (uint)length), (header.Time, header.Length));

        var written = new byte[LegacyPictureHeader.Size];
        LegacyPictureHeader.Write(written, time, length);
        Assert.Equal(vector.Hex(), written);
    }

    [Theory]
    [MemberData(nameof(RefusedPictureHeaders))]
    public void AHeaderOfAPictureThatCannotBeIsRefused(string name) => Assert.False(LegacyPictureHeader.Read(Vectors.Legacy.Named("refusedPictureHeaders", name).Hex()).IsPossible);

    [Theory]
    [MemberData(nameof(AudioStreams))]
    public void SoundIsReadAsTheVectorSaysHoweverItIsSplit(string name)
    {
        var vector = Vectors.Legacy.Named("audioStreams", name);
        var expected = ((long)vector["skippedBytes"]!, (long)vector["resynchronisations"]!, (long)vector["repeated"]!, (long)vector["leftBytes"]!);
        foreach (var pieces in Ways(vector.Hex()))
        {
            var reader = new LegacyAudioReader();
            var frames = LegacyStreams.ReadSound(pieces, reader, out var left);
            Assert.Equal(vector["times"]!.AsArray().Select(t => (double)t!), frames.Select(f => f.Time));
            Assert.Equal(expected, (reader.SkippedBytes, reader.Resynchronisations, reader.Repeated, left));
        }
    }

    [Theory]
    [MemberData(nameof(PictureStreams))]
    public void PicturesAreReadAsTheVectorSaysHoweverTheyAreSplit(string name)
    {
        var vector = Vectors.Legacy.Named("pictureStreams", name);
        var expected = ((long)vector["skippedBytes"]!, (long)vector["resynchronisations"]!, (long)vector["leftBytes"]!);
        foreach (var pieces in Ways(vector.Hex()))
        {
            var reader = new LegacyPictureReader();
            var pictures = LegacyStreams.ReadPictures(pieces, reader, out var left);
            Assert.Equal(vector["times"]!.AsArray().Select(t => (double)t!), pictures.Select(p => p.Time));
            Assert.Equal(expected, (reader.SkippedBytes, reader.Resynchronisations, left));
        }
    }

    [Theory]
    [MemberData(nameof(Selections))]
    public void AnAnswerNamesAVideoOrTheFirst(string name)
    {
        var vector = Vectors.Legacy.Named("selections", name);
        Assert.True(LegacySelection.TryRead(Line(vector), out var index));
        Assert.Equal((int)vector["index"]!, index);
    }

    [Theory]
    [MemberData(nameof(NotSelections))]
    public void WhatIsOfAnotherProtocolIsNoAnswer(string name) => Assert.False(LegacySelection.TryRead(Line(Vectors.Legacy.Named("notSelections", name)), out _));

    [Theory]
    [MemberData(nameof(Feedback))]
    public void AReportTellsOfTheBufferIfItCanBeTrue(string name)
    {
        var vector = Vectors.Legacy.Named("feedback", name);
        Assert.True(LegacyFeedback.IsOne(Line(vector)));
        Assert.Equal(vector["seconds"] is not null, LegacyFeedback.TryRead(Line(vector), out var seconds));
        Assert.Equal((double?)vector["seconds"] ?? 0, seconds);
    }

    [Theory]
    [MemberData(nameof(NotFeedback))]
    public void WhatElseThereIsIsNoReport(string name)
    {
        var line = Line(Vectors.Legacy.Named("notFeedback", name));
        Assert.False(LegacyFeedback.IsOne(line));
        Assert.False(LegacyFeedback.TryRead(line, out _));
    }

    [Fact]
    public void LinesAreWrittenAsTheVectorsSay()
    {
        var (selection, feedback) = (Vectors.Legacy.Named("written", "selection"), Vectors.Legacy.Named("written", "feedback"));
        Assert.Equal(selection.Text("line"), Encoding.UTF8.GetString(LegacySelection.Write((int)selection["index"]!)));
        Assert.Equal(feedback.Text("line"), Encoding.UTF8.GetString(LegacyFeedback.Write((double)feedback["seconds"]!)));
    }

    private static byte[] Line(System.Text.Json.Nodes.JsonObject vector) => Encoding.UTF8.GetBytes(vector.Text("line"));

    private static IEnumerable<IEnumerable<byte[]>> Ways(byte[] bytes) =>
    [
        [bytes],
        bytes.Select(b => new[] { b }),
        .. Enumerable.Range(0, Math.Min(bytes.Length, 400)).Select(at => new[] { bytes[..at], bytes[at..] }),
        .. Enumerable.Range(0, 100).Select(seed => FrameReading.Cut(bytes, new Random(seed))),
    ];
}
