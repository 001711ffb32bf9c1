using System.Net;
using Microsoft.Extensions.Logging;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>What this protocol logs; ids 4000 to 4999.</summary>
internal static partial class AmqpLog
{
    [LoggerMessage(4000, LogLevel.Information, "AMQP connection {Connection} from {Remote} is open: user '{User}', virtual host '{Host}'")]
    public static partial void Opened(ILogger logger, long connection, IPEndPoint remote, string user, string host);

    [LoggerMessage(4001, LogLevel.Information, "AMQP connection {Connection} is closed ({Reason}); it was {State}")]
    public static partial void Closed(ILogger logger, long connection, string reason, string state);

    [LoggerMessage(4002, LogLevel.Warning, "AMQP connection {Connection} from {Remote} sent no AMQP 0-9-1 protocol header but {Bytes}")]
    public static partial void WrongProtocolHeader(ILogger logger, long connection, IPEndPoint remote, string bytes);

    [LoggerMessage(4003, LogLevel.Warning, "AMQP connection {Connection}: login of user '{User}' from {Remote} refused: {Reason}")]
    public static partial void LoginRefused(ILogger logger, long connection, string user, IPEndPoint remote, string reason);

    [LoggerMessage(4004, LogLevel.Warning, "AMQP connection {Connection}, channel {Channel} is closed with an error: {Text}")]
    public static partial void ChannelError(ILogger logger, long connection, ushort channel, string text);

    [LoggerMessage(4005, LogLevel.Warning, "AMQP connection {Connection} is closed with an error: {Text}")]
    public static partial void ConnectionError(ILogger logger, long connection, string text);

    [LoggerMessage(4006, LogLevel.Error, "AMQP connection {Connection} is aborted: the broker has failed in serving it")]
    public static partial void Failed(ILogger logger, Exception fault, long connection);

    [LoggerMessage(4007, LogLevel.Warning, "AMQP connection {Connection}, channel {Channel}: {Count} deliveries were not acknowledged in time and went back to queue '{Queue}'")]
    public static partial void DeliveriesTimedOut(ILogger logger, long connection, ushort channel, int count, string queue);
}
