using KnSock.Server.Store;
using KnSock.Testing;

namespace KnSock.Server.Tests.Store;

/// <summary>The process stops at any step of a put: what was there before is found afterwards, or all that is new, or nothing.</summary>
public sealed class CrashTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AfterAStopAtAnyStepTheOldOrTheNewIsThere(bool hadOne)
    {
        var (old, @new) = (TestStore.Media(0, seed: 1), TestStore.Media(0, seed: 2));
        var steps = 0;
        var (sawOld, sawNew) = (false, false);
        for (var stopped = true; stopped; steps++)
        {
            var folder = TestStore.NewFolder();
            await PutAsync(folder, hadOne ? old : null, new StoreDisk());
            stopped = await PutAsync(folder, @new, new StoppingDisk(steps));

            await using (var after = new TestStore(folder))
            using (var rendition = after.Open())
            {
                var read = await rendition.ReadAsync(0, CancellationToken.None);
                (sawOld, sawNew) = (sawOld || (read is not null && TestStore.IsSame(old, read)), sawNew || (read is not null && TestStore.IsSame(@new, read)));
                Assert.True(read is not null || !hadOne, $"step {steps}: what was there is gone");
                Assert.True(read is null || TestStore.IsSame(old, read) || TestStore.IsSame(@new, read), $"step {steps}: something else is there");
                Assert.Equal(0, after.Figures["reads damaged"]);

                // And it works from there on.
                Assert.True(await rendition.PutAsync(1, TestStore.Media(1), PutPurpose.Watched, CancellationToken.None));
            }

            Directory.Delete(folder, recursive: true);
        }

        Assert.Equal(hadOne, sawOld);
        Assert.True(sawNew);
        Assert.InRange(steps, hadOne ? 6 : 12, 40);
    }

    [Fact]
    public async Task WhatDeadWritersLeftIsRemovedAfterAnHour()
    {
        await using var first = new TestStore();
        using (var rendition = first.Open())
        {
            await TestStore.PutAsync(rendition, 0);
            var left = StoreLayout.Temporary(StoreLayout.GopPath(rendition.Folder, 1));
            var young = StoreLayout.Temporary(StoreLayout.GopPath(rendition.Folder, 2));
            var above = StoreLayout.Temporary(Path.Combine(Path.GetDirectoryName(rendition.Folder)!, StoreLayout.SourceFile));
            foreach (var file in (string[])[left, young, above])
            {
                File.WriteAllText(file, "half");
                File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
            }

            File.SetLastWriteTimeUtc(young, DateTime.UnixEpoch.AddMinutes(2));
            var time = new ManualTimeProvider();
            time.Advance(TimeSpan.FromMinutes(61));
            await using var second = new TestStore(first.Folder, time: time);
            using var other = second.Open("480p");
            await TestStore.PutAsync(other, 0);
            Assert.Equal(young, Assert.Single(second.Temporaries()));
            Assert.Equal(2L * TestStore.GopBytes, second.Store.Bytes);
        }
    }

    /// <summary>Puts a GOP; true if the disk stopped on the way.</summary>
    private static async Task<bool> PutAsync(string folder, StoredGop? media, StoreDisk disk)
    {
        await using var store = new TestStore(folder, disk: disk);
        using var rendition = store.Open();
        try
        {
            return media is not null && !await rendition.PutAsync(0, media, PutPurpose.Watched, CancellationToken.None);
        }
        catch (StoppedException)
        {
            return true;
        }
    }

    private sealed class StoppedException : Exception;

    /// <summary>Does so many steps and then nothing more, as if the process had been killed.</summary>
    private sealed class StoppingDisk(int steps) : StoreDisk
    {
        private int _left = steps;

        public override void Write(string temporary, ReadOnlySpan<byte> bytes, DateTime modified)
        {
            Step();
            File.WriteAllBytes(temporary, []);
            Step();
            File.WriteAllBytes(temporary, bytes[..(bytes.Length / 2)]);
            Step();
            File.WriteAllBytes(temporary, bytes);
            Step();
            base.TryDelete(temporary);
            base.Write(temporary, bytes, modified);
        }

        public override void Replace(string temporary, string path)
        {
            Step();
            base.Replace(temporary, path);
            Step();
        }

        public override void CreateFolder(string folder)
        {
            Step();
            base.CreateFolder(folder);
            Step();
        }

        public override bool TryDelete(string path) => _left >= 0 && base.TryDelete(path);

        private void Step()
        {
            if (_left-- <= 0)
            {
                _left = -1;
                throw new StoppedException();
            }
        }
    }
}
