using System.Text;

namespace KnSock.Media.Mp4;

/// <summary>Writes <c>ftyp</c> and <c>moov</c> of a fragmented file (ISO 14496-12, 8.2 to 8.8; 14496-14, 5.6; 14496-15, 5.4).</summary>
internal static class InitSegment
{
    private static readonly uint[] Matrix = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];

    public static void Write(BoxWriter writer, VideoConfiguration? video, AudioConfiguration? audio, uint videoEntry)
    {
        using (writer.Box(BoxType.Ftyp))
        {
            writer.Bytes("iso5\0\0\u0002\0iso5iso6mp41"u8);
        }

        using (writer.Box(BoxType.Moov))
        {
            WriteMovieHeader(writer);
            if (video is not null)
            {
                WriteVideoTrack(writer, video, videoEntry);
            }

            if (audio is not null)
            {
                WriteAudioTrack(writer, audio);
            }

            using (writer.Box(BoxType.Mvex))
            {
                WriteTrackExtends(writer, Fmp4Writer.VideoTrackId, isThere: video is not null);
                WriteTrackExtends(writer, Fmp4Writer.AudioTrackId, isThere: audio is not null);
            }
        }
    }

    private static void WriteMovieHeader(BoxWriter writer)
    {
        using (writer.FullBox(BoxType.Mvhd))
        {
            writer.Zeros(4 + 4); // creation_time, modification_time
            writer.UInt32(1000); // timescale
            writer.UInt32(0); // duration: in the fragments
            writer.UInt32(0x10000); // rate 1
            writer.UInt16(0x100); // volume 1
            writer.Zeros(2 + 8);
            WriteMatrix(writer);
            writer.Zeros(24);
            writer.UInt32(Fmp4Writer.AudioTrackId + 1); // next_track_ID
        }
    }

    private static void WriteVideoTrack(BoxWriter writer, VideoConfiguration video, uint entry)
    {
        using (writer.Box(BoxType.Trak))
        {
            WriteTrackHeader(writer, Fmp4Writer.VideoTrackId, volume: 0, video.Width, video.Height);
            using (writer.Box(BoxType.Mdia))
            {
                WriteMediaHeader(writer, Fmp4Writer.VideoTimescale, "vide");
                using (writer.Box(BoxType.Minf))
                {
                    using (writer.FullBox(BoxType.Vmhd, flags: 1))
                    {
                        writer.Zeros(8);
                    }

                    WriteDataReference(writer);
                    using (writer.Box(BoxType.Stbl))
                    {
                        using (writer.FullBox(BoxType.Stsd))
                        {
                            writer.UInt32(1);
                            WriteVideoEntry(writer, video, entry);
                        }

                        WriteEmptyTables(writer);
                    }
                }
            }
        }
    }

    private static void WriteAudioTrack(BoxWriter writer, AudioConfiguration audio)
    {
        using (writer.Box(BoxType.Trak))
        {
            WriteTrackHeader(writer, Fmp4Writer.AudioTrackId, volume: 0x100, width: 0, height: 0);
            using (writer.Box(BoxType.Mdia))
            {
                WriteMediaHeader(writer, (uint)audio.SampleRate, "soun");
                using (writer.Box(BoxType.Minf))
                {
                    using (writer.FullBox(BoxType.Smhd))
                    {
                        writer.Zeros(4);
                    }

                    WriteDataReference(writer);
                    using (writer.Box(BoxType.Stbl))
                    {
                        using (writer.FullBox(BoxType.Stsd))
                        {
                            writer.UInt32(1);
                            WriteAudioEntry(writer, audio);
                        }

                        WriteEmptyTables(writer);
                    }
                }
            }
        }
    }

    private static void WriteTrackHeader(BoxWriter writer, uint id, ushort volume, int width, int height)
    {
        using (writer.FullBox(BoxType.Tkhd, flags: 3))
        {
            writer.Zeros(4 + 4); // creation_time, modification_time
            writer.UInt32(id);
            writer.Zeros(4 + 4 + 8 + 2 + 2); // reserved, duration, reserved, layer, alternate_group
            writer.UInt16(volume);
            writer.Zeros(2);
            WriteMatrix(writer);
            writer.UInt32((uint)width << 16);
            writer.UInt32((uint)height << 16);
        }
    }

    private static void WriteMediaHeader(BoxWriter writer, uint timescale, string handler)
    {
        using (writer.FullBox(BoxType.Mdhd))
        {
            writer.Zeros(4 + 4); // creation_time, modification_time
            writer.UInt32(timescale);
            writer.UInt32(0); // duration: in the fragments
            writer.UInt16(0x55C4); // language "und"
            writer.UInt16(0);
        }

        using (writer.FullBox(BoxType.Hdlr))
        {
            writer.UInt32(0);
            writer.Bytes(Encoding.ASCII.GetBytes(handler));
            writer.Zeros(12 + 1); // reserved, an empty name
        }
    }

    private static void WriteDataReference(BoxWriter writer)
    {
        using (writer.Box(BoxType.Dinf))
        using (writer.FullBox(BoxType.Dref))
        {
            writer.UInt32(1);
            using (writer.FullBox(BoxType.Url, flags: 1))
            {
                // The flag says that the data lies in this file.
            }
        }
    }

    private static void WriteVideoEntry(BoxWriter writer, VideoConfiguration video, uint entry)
    {
        using (writer.Box(entry))
        {
            writer.Zeros(6);
            writer.UInt16(1); // data_reference_index
            writer.Zeros(16);
            writer.UInt16((ushort)video.Width);
            writer.UInt16((ushort)video.Height);
            writer.UInt32(0x480000); // 72 dpi
            writer.UInt32(0x480000);
            writer.UInt32(0);
            writer.UInt16(1); // frame_count
            writer.Zeros(32); // compressorname
            writer.UInt16(24); // depth
            writer.UInt16(0xFFFF);
            using (writer.Box(BoxType.AvcC))
            {
                writer.Bytes(video.Setup.Span);
            }
        }
    }

    private static void WriteAudioEntry(BoxWriter writer, AudioConfiguration audio)
    {
        using (writer.Box(BoxType.Mp4a))
        {
            writer.Zeros(6);
            writer.UInt16(1); // data_reference_index
            writer.Zeros(8);
            writer.UInt16((ushort)audio.Channels);
            writer.UInt16(16); // samplesize
            writer.UInt32(0);
            writer.UInt16(audio.SampleRate <= ushort.MaxValue ? (ushort)audio.SampleRate : (ushort)0);
            writer.UInt16(0);
            using (writer.FullBox(BoxType.Esds))
            {
                ElementaryStream.WriteSetup(writer, audio.Setup.Span);
            }
        }
    }

    private static void WriteEmptyTables(BoxWriter writer)
    {
        foreach (var table in new[] { BoxType.Stts, BoxType.Stsc, BoxType.Stco })
        {
            using (writer.FullBox(table))
            {
                writer.UInt32(0);
            }
        }

        using (writer.FullBox(BoxType.Stsz))
        {
            writer.Zeros(8);
        }
    }

    private static void WriteTrackExtends(BoxWriter writer, uint id, bool isThere)
    {
        if (!isThere)
        {
            return;
        }

        using (writer.FullBox(BoxType.Trex))
        {
            writer.UInt32(id);
            writer.UInt32(1); // default_sample_description_index
            writer.Zeros(12); // no other defaults
        }
    }

    private static void WriteMatrix(BoxWriter writer)
    {
        foreach (var value in Matrix)
        {
            writer.UInt32(value);
        }
    }
}
