namespace KnSock;

/// <summary>Live streaming in two calls.</summary>
public static class LiveStream
{
}
