using KnSock.Media;
using KnSock.Protocol.Messages;
using KnSock.Server.Sessions;

namespace KnSock.Server.Tests.Sessions;

/// <summary>Reports of playout as tests make them.</summary>
internal static class Reports
{
    /// <summary>Takes in feedback of a viewer to which nothing is under way.</summary>
    public static void Report(this Viewing viewing, FeedbackFigures feedback, Timestamp now) => viewing.Report(feedback, TimeSpan.Zero, now, out _);
}
