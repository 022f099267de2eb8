using Microsoft.Extensions.Logging;

namespace KnSock.Server;

/// <summary>What the server says. Text from outside has passed <see cref="DisplayText"/> before it gets here.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "channel {Index}: {Name}, {Width}x{Height} at {FrameRate} frames/s, {Duration:0.0} s, rungs {Rungs}")]
    public static partial void ChannelOpened(ILogger logger, int index, string name, int width, int height, string frameRate, double duration, string rungs);

    [LoggerMessage(16, LogLevel.Warning, "encoders use the preset {Preset} from now on; the slowest that is watched ran at {Speed:0.00} x real time")]
    public static partial void PresetChanged(ILogger logger, string preset, double speed);

    [LoggerMessage(17, LogLevel.Warning, "channel {Channel}: {Rung} is not offered any more, this machine cannot encode it in time ({Speed:0.00} x real time)")]
    public static partial void RungWithdrawn(ILogger logger, string channel, string rung, double speed);

    [LoggerMessage(18, LogLevel.Information, "channel {Channel}: {Rung} is offered again")]
    public static partial void RungOffered(ILogger logger, string channel, string rung);

    [LoggerMessage(21, LogLevel.Critical, "a sender loop failed; its viewers are let go")]
    public static partial void LoopFailed(ILogger logger, Exception exception);

    [LoggerMessage(19, LogLevel.Error, "a viewer could not be let go in good order")]
    public static partial void MemberFailed(ILogger logger, Exception exception);

    [LoggerMessage(20, LogLevel.Information, "channel {Name}: {Note}")]
    public static partial void ChannelEncoding(ILogger logger, string name, string note);

    [LoggerMessage(2, LogLevel.Warning, "channel {Name}: {Rungs} left out, this machine cannot encode them in real time")]
    public static partial void LadderCapped(ILogger logger, string name, string rungs);

    [LoggerMessage(3, LogLevel.Information, "encoder started: {Channel} {Rendition} from second {Start:0.0}")]
    public static partial void EncoderStarted(ILogger logger, string channel, string rendition, double start);

    [LoggerMessage(4, LogLevel.Information, "encoder ended: {Channel} {Rendition}, made {Made:0.0} s at {Speed:0.0} x real time")]
    public static partial void EncoderEnded(ILogger logger, string channel, string rendition, double made, double speed);

    [LoggerMessage(14, LogLevel.Warning, "encoder waits: {Channel} {Rendition}; {Most} run already, which is the most allowed (MaxProcesses)")]
    public static partial void EncoderWaits(ILogger logger, string channel, string rendition, int most);

    [LoggerMessage(13, LogLevel.Information, "encoding: {Channel} {Rendition}, at second {At:0.0}, {Speed:0.0} x real time")]
    public static partial void EncoderProgress(ILogger logger, string channel, string rendition, double at, double speed);

    [LoggerMessage(5, LogLevel.Warning, "encoder of {Rendition} failed at GOP {Gop}: {Reason} (failure {Failures})")]
    public static partial void EncoderFailed(ILogger logger, string rendition, int gop, string reason, int failures);

    [LoggerMessage(6, LogLevel.Information, "viewer {Session} from {Peer} connected ({Client})")]
    public static partial void SessionStarted(ILogger logger, string session, string peer, string client);

    [LoggerMessage(7, LogLevel.Information, "viewer {Session} left: {Reason}")]
    public static partial void SessionEnded(ILogger logger, string session, string reason);

    [LoggerMessage(8, LogLevel.Information, "viewer {Session} plays {Channel} from {Start:0.0} s")]
    public static partial void Selected(ILogger logger, string session, string channel, double start);

    [LoggerMessage(44, LogLevel.Warning, "viewer {Session}: {Reports} reports of its playout cannot be true (the last: {Reason})")]
    public static partial void FeedbackDisbelieved(ILogger logger, string session, int reports, string reason);

    [LoggerMessage(9, LogLevel.Information, "viewer {Session}: {Rendition} ({Reason})")]
    public static partial void RenditionChanged(ILogger logger, string session, string rendition, string reason);

    [LoggerMessage(45, LogLevel.Information, "viewer {Session}: sound at {KilobitsPerSecond} kbit/s ({Reason})")]
    public static partial void SoundChanged(ILogger logger, string session, int kilobitsPerSecond, string reason);

    [LoggerMessage(10, LogLevel.Debug, "{Peer} on the {Port} port refused: {Reason}")]
    public static partial void PeerRefused(ILogger logger, string peer, string port, string reason);

    [LoggerMessage(11, LogLevel.Warning, "the decision log cannot be written: {Reason}; decisions are not logged any more")]
    public static partial void DecisionLogFailed(ILogger logger, string reason);

    [LoggerMessage(22, LogLevel.Error, "viewer {Session} could not be told why")]
    public static partial void ExplanationFailed(ILogger logger, Exception exception, string session);

    [LoggerMessage(12, LogLevel.Error, "viewer {Session} ended by a fault of the server")]
    public static partial void SessionFailed(ILogger logger, Exception exception, string session);

    [LoggerMessage(15, LogLevel.Warning, "{Channel}: encoding ahead of need failed at GOP {Gop}: {Reason}")]
    public static partial void FillFailed(ILogger logger, string channel, int gop, string reason);

    [LoggerMessage(30, LogLevel.Warning, "{Count} GOPs of the store were damaged and are encoded again, the last one {Entry}: {Why}")]
    public static partial void StoreDamaged(ILogger logger, int count, string entry, string why);

    [LoggerMessage(31, LogLevel.Warning, "the store could not be read {Count} times, the last time: {Reason}")]
    public static partial void StoreUnreadable(ILogger logger, int count, string reason);

    [LoggerMessage(32, LogLevel.Warning, "{Reason}; what is encoded is kept in memory only")]
    public static partial void StoreRefuses(ILogger logger, string reason);

    [LoggerMessage(33, LogLevel.Information, "the store takes GOPs again")]
    public static partial void StoreReady(ILogger logger);

    [LoggerMessage(34, LogLevel.Warning, "GOP {Gop} of {Rendition} cannot be stored: {Reason}")]
    public static partial void GopNotStorable(ILogger logger, int gop, string rendition, string reason);

    [LoggerMessage(50, LogLevel.Information, "the certificate in {Path} has changed; new connections get it (good until {NotAfter:u})")]
    public static partial void CertificateChanged(ILogger logger, string path, DateTime notAfter);

    [LoggerMessage(51, LogLevel.Warning, "the certificate in {Path} has changed and cannot be used ({Reason}); the one before stays")]
    public static partial void CertificateNotChanged(ILogger logger, string path, string reason);
}
