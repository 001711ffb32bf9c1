namespace Ropeway.TestKit.Wire;

/// <summary>The broker closed a channel or the connection, or it is gone.</summary>
public sealed class WireClosedException : Exception
{
    public WireClosedException(string message)
        : base(message)
    {
    }

    public WireClosedException(WireMethod method, int code, string text)
        : base($"{method} {code} {text}")
    {
        Method = method;
        Code = code;
        Text = text;
    }

    /// <summary>The close method; none when the socket just ended.</summary>
    public WireMethod Method { get; }

    /// <summary>Reply code of the close method, else 0.</summary>
    public int Code { get; }

    /// <summary>Reply text of the close method.</summary>
    public string Text { get; } = "";
}
