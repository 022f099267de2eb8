using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using KnSock.Client;

namespace KnSock.Player.Interop.Sdl;

/// <summary>Fills a block of sound that a device is about to play; called on the device's thread.</summary>
internal delegate void FetchSound(Span<float> target);

/// <summary>An open sound device that fetches its samples.</summary>
internal sealed class SdlAudioDevice : IDisposable
{
    private readonly FetchSound _fetch;
    private GCHandle _self;
    private uint _device;

    private SdlAudioDevice(FetchSound fetch)
    {
        _fetch = fetch;
        _self = GCHandle.Alloc(this, GCHandleType.Weak);
    }

    /// <summary>Opens the default device for interleaved floats.</summary>
    /// <param name="sampleRate">Samples a second and channel.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="blockSamples">Samples a channel that are fetched at a time.</param>
    /// <param name="fetch">Fills each block.</param>
    /// <exception cref="LiveStreamException">There is none, or it does not take this format.</exception>
    public static unsafe SdlAudioDevice Open(int sampleRate, int channels, int blockSamples, FetchSound fetch)
    {
        var device = new SdlAudioDevice(fetch);
        var wanted = new AudioSpecification
        {
            SampleRate = sampleRate,
            Format = SdlConstants.AudioFloat,
            Channels = (byte)channels,
            Samples = (ushort)blockSamples,
            Callback = &Fetch,
            UserData = GCHandle.ToIntPtr(device._self),
        };
        device._device = SdlImports.OpenAudio(0, 0, wanted, out _, 0);
        if (device._device == 0)
        {
            var error = SdlRuntime.Error;
            device.Dispose();
            throw new LiveStreamException($"no sound: {error}");
        }

        // It runs from now on and is given silence in a pause, so that its latency is known when the sound begins.
        SdlImports.PauseAudio(device._device, 0);
        return device;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_self.IsAllocated)
        {
            if (_device != 0)
            {
                SdlImports.CloseAudio(_device);
            }

            _self.Free();
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe void Fetch(nint self, byte* target, int bytes)
    {
        var samples = new Span<float>(target, bytes / sizeof(float));
        if (GCHandle.FromIntPtr(self).Target is SdlAudioDevice device)
        {
            device._fetch(samples);
        }
        else
        {
            samples.Clear();
        }
    }
}
