using KnSock.Server.Sources;
using KnSock.Testing.Processes;

namespace KnSock.Server.Tests.Sources;

/// <summary>Nothing that lies outside the folder is ever found in it.</summary>
public sealed class MediaFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("knsock-folder-").FullName;
    private readonly string _folder;
    private readonly MediaFolder _media;

    public MediaFolderTests()
    {
        _folder = Directory.CreateDirectory(Path.Combine(_root, "media")).FullName;
        _media = new MediaFolder(_folder + Path.DirectorySeparatorChar);
        Directory.CreateDirectory(Path.Combine(_folder, "sub"));
        foreach (var file in (string[])["secret.mp4", "media/talk.mp4", "media/A film; rm -rf.mkv", "media/sub/deep.mp4"])
        {
            File.WriteAllText(Path.Combine(_root, file), "x");
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../secret.mp4")]
    [InlineData("..\\secret.mp4")]
    [InlineData("sub")]
    [InlineData("sub/deep.mp4")]
    [InlineData("./talk.mp4")]
    [InlineData("/etc/passwd")]
    [InlineData("talk.mp4\0")]
    [InlineData("talk.mp4\n")]
    [InlineData("file:talk.mp4")]
    [InlineData("missing.mp4")]
    public void WhatIsNoPlainFileOfItIsNotFound(string name)
    {
        Assert.False(_media.TryFind(name, out var file));
        Assert.Null(file);
    }

    [Fact]
    public void FilesOfItAreFoundAndListed()
    {
        Assert.True(_media.TryFind("talk.mp4", out var file));
        Assert.Equal(Path.Combine(_folder, "talk.mp4"), file);
        Assert.Equal(["A film; rm -rf.mkv", "talk.mp4"], _media.List());
        Assert.False(_media.TryFind(new string('x', 300), out _));
    }

    [Fact]
    public void ALinkIsFollowedWithinTheFolderOnly()
    {
        Link("inside.mp4", "talk.mp4");
        Link("also-inside.mp4", Path.Combine(_folder, "talk.mp4"));
        Link("twice.mp4", "inside.mp4");
        Link("outside.mp4", "../secret.mp4");
        Link("outside-by-hand.mp4", Path.Combine(_root, "secret.mp4"));
        Link("deeper.mp4", "sub/deep.mp4");
        Link("nowhere.mp4", "gone.mp4");
        Link("circle.mp4", "circle.mp4");
        Link("folder.mp4", "sub");
        // By its text it leads back into the folder, by the link in it elsewhere.
        Directory.CreateSymbolicLink(Path.Combine(_folder, "way"), Directory.CreateDirectory(Path.Combine(_root, "other", "place")).FullName);
        File.WriteAllText(Path.Combine(_root, "other", "talk.mp4"), "another");
        Link("winding.mp4", "way/../talk.mp4");

        foreach (var name in (string[])["inside.mp4", "also-inside.mp4", "twice.mp4", "winding.mp4"])
        {
            Assert.True(_media.TryFind(name, out var file), name);
            Assert.Equal(Path.Combine(_folder, "talk.mp4"), file);
        }

        foreach (var name in (string[])["outside.mp4", "outside-by-hand.mp4", "deeper.mp4", "nowhere.mp4", "circle.mp4", "folder.mp4", "way"])
        {
            Assert.False(_media.TryFind(name, out _), name);
        }
    }

    [Fact]
    public async Task APipeIsNoFile()
    {
        await Command.RunAsync("mkfifo", Path.Combine(_folder, "pipe.mp4"));
        Assert.False(_media.TryFind("pipe.mp4", out _));
        Assert.Equal(["A film; rm -rf.mkv", "talk.mp4"], _media.List());
    }

    private void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(_folder, name), target);
}
