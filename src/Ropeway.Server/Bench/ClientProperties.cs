using Ropeway.Messages;

namespace Ropeway.Server.Bench;

/// <summary>What the load generator tells the broker about itself in <c>connection.start-ok</c>.</summary>
internal static class ClientProperties
{
    /// <summary>The table as bytes, with its length in front.</summary>
    /// <param name="name">Connection name that the broker's tools show.</param>
    public static byte[] Encode(string name)
    {
        var capabilities = new FieldTable();
        capabilities.Add("authentication_failure_close", true); // Else a refused login is a closed socket without a reason.
        capabilities.Add("basic.nack", true);
        capabilities.Add("connection.blocked", true);
        capabilities.Add("consumer_cancel_notify", true);
        capabilities.Add("publisher_confirms", true);
        var properties = new FieldTable();
        properties.Add("product", "ropeway bench");
        properties.Add("connection_name", name);
        properties.Add("capabilities", capabilities);
        return FieldTableCodec.ToArray(properties);
    }
}
