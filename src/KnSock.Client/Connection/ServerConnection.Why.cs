using System.Runtime.CompilerServices;
using KnSock.Protocol;
using KnSock.Protocol.Messages;

namespace KnSock.Client.Connection;

/// <content>The question why viewers are sent what they are sent, and its answers.</content>
internal sealed partial class ServerConnection
{
    /// <summary>Asks, and gives out what is answered: until all has been told, or without end if the question is to follow.</summary>
    /// <exception cref="LiveStreamException">The server refuses, does not understand, or the connection was lost.</exception>
    public async IAsyncEnumerable<DecisionNotice> AskAsync(Why why, LiveStreamClientOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var silence = new CancellationTokenSource(options.ConnectTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        await WriteAsync(MessageJson.WriteUrgentLine(why), cancellationToken);
        var pinging = PingAsync(options.TimeProvider, stop.Token);
        try
        {
            var isTold = false;
            while (!isTold || why.Follow)
            {
                var message = await HearAsync(isTold, options, either.Token, cancellationToken);
                isTold |= message is Explained;
                if (message is DecisionNotice decision)
                {
                    // For as long as it is looked at nobody waits for the server.
                    silence.CancelAfter(Timeout.InfiniteTimeSpan);
                    yield return decision;
                }

                if (isTold || message is DecisionNotice)
                {
                    // Until all is told only answers count: a server that does not know the question answers pings all the same.
                    silence.CancelAfter(isTold ? SilenceLimit : options.ConnectTimeout);
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await pinging;
        }
    }

    private async Task<ControlMessage?> HearAsync(bool isTold, LiveStreamClientOptions options, CancellationToken either, CancellationToken cancellationToken)
    {
        try
        {
            var line = await control.ReadLineAsync(controlLines, either) ?? throw ConnectFailure.Lost(control.Address);
            var message = MessageJson.ReadControl(line);
            return message is ErrorNotice error ? throw ConnectFailure.NotExplained(control.Address, error) : message;
        }
        catch (IOException e)
        {
            throw ConnectFailure.Lost(control.Address, e);
        }
        catch (ProtocolException e)
        {
            throw ConnectFailure.NotKnSock(control.Address, e);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw isTold ? ConnectFailure.Lost(control.Address) : ConnectFailure.NotUnderstood(control.Address, options.ConnectTimeout);
        }
    }

    private async Task WriteAsync(byte[] line, CancellationToken cancellationToken)
    {
        try
        {
            await control.WriteAsync(line, cancellationToken);
        }
        catch (IOException e)
        {
            throw ConnectFailure.Lost(control.Address, e);
        }
    }

    /// <summary>Has the server know that somebody is still there.</summary>
    private async Task PingAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(FirstPingInterval, time, cancellationToken);
                await control.WriteAsync(MessageJson.WriteLine(new Ping { Id = time.Elapsed().Ticks }), cancellationToken);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // It is over; whoever reads finds out.
        }
    }
}
