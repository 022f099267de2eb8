using System.Buffers.Binary;

namespace KnSock.Server.Tests.Endpoints.Hls;

/// <summary>A movie fragment as it stands in the bytes, read box by box without the code under test.</summary>
internal sealed record ReadFragment(uint Number, uint Track, long DecodeTime, IReadOnlyList<(uint Duration, uint Size, bool IsKeyframe, int Offset)> Samples, byte[] Data)
{
    public static List<ReadFragment> All(ReadOnlySpan<byte> bytes)
    {
        var fragments = new List<ReadFragment>();
        while (!bytes.IsEmpty)
        {
            var moof = Box(ref bytes, "moof");
            var size = moof.Length + 8;
            var mfhd = Box(ref moof, "mfhd");
            var traf = Box(ref moof, "traf");
            var tfhd = Box(ref traf, "tfhd");
            var tfdt = Box(ref traf, "tfdt");
            var trun = Box(ref traf, "trun");
            var mdat = Box(ref bytes, "mdat");
            Assert.True(moof.IsEmpty && traf.IsEmpty);
            Assert.Equal(0x020000u, UInt32(tfhd, 0));
            Assert.Equal(1, tfdt[0]);
            Assert.Equal(0x01000F01u, UInt32(trun, 0));
            Assert.Equal((uint)size + 8, UInt32(trun, 8));
            var samples = new List<(uint, uint, bool, int)>();
            for (var i = 0; i < UInt32(trun, 4); i++)
            {
                var at = 12 + (i * 16);
                samples.Add((UInt32(trun, at), UInt32(trun, at + 4), UInt32(trun, at + 8) == 0x02000000, (int)UInt32(trun, at + 12)));
            }

            Assert.Equal(12 + (samples.Count * 16), trun.Length);
            Assert.Equal(mdat.Length, samples.Sum(s => s.Item2));
            fragments.Add(new(UInt32(mfhd, 4), UInt32(tfhd, 4), BinaryPrimitives.ReadInt64BigEndian(tfdt[4..]), samples, mdat.ToArray()));
        }

        return fragments;
    }

    private static ReadOnlySpan<byte> Box(ref ReadOnlySpan<byte> bytes, string type)
    {
        var size = (int)UInt32(bytes, 0);
        Assert.Equal(type, System.Text.Encoding.ASCII.GetString(bytes[4..8]));
        var content = bytes[8..size];
        bytes = bytes[size..];
        return content;
    }

    private static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
}
