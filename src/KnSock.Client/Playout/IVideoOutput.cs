namespace KnSock.Client.Playout;

/// <summary>Where decoded pictures are shown.</summary>
public interface IVideoOutput
{
    /// <summary>Shows a picture now. It is called when the picture is due, one at a time, and must not wait.</summary>
    /// <param name="frame">The picture; from here on the output owns it and disposes of it.</param>
    void Present(VideoFrame frame);
}
