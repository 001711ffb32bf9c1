namespace Ropeway.Transport;

/// <summary>Whom a <see cref="ReadinessLoop"/> tells that a socket has something to receive.</summary>
internal interface IReadable
{
    /// <summary>
    /// There is something new to receive, or the peer has closed or broken the connection. Runs on the loop's thread, which other connections share:
    /// it must neither wait nor throw. May come late, and when there is nothing to receive any more.
    /// </summary>
    /// <param name="isEnding">The end of the stream, or an error, is behind what there is to receive.</param>
    void OnReadable(bool isEnding);
}
