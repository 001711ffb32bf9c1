using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Server.Bench;

/// <summary>
/// Puts the frames of one consumer's channel together to deliveries. A body that came in one frame is a slice of the
/// receive buffer; one in several frames is gathered in a buffer that is kept. One owner: the thread that reads.
/// </summary>
internal sealed class DeliveryReader
{
    private Expecting _expecting = Expecting.Method;
    private ulong _tag;
    private bool _isRedelivered;
    private long _bodyBytes;
    private byte[] _gathered = [];
    private int _gatheredBytes;

    private enum Expecting
    {
        Method,
        Header,
        Body,
    }

    /// <summary>Takes one frame.</summary>
    /// <param name="header">Header of the frame.</param>
    /// <param name="payload">Payload of the frame.</param>
    /// <param name="delivery">Set when the answer is <see cref="DeliveryStep.Delivery"/>.</param>
    /// <exception cref="BenchException">The frame does not belong here.</exception>
    public DeliveryStep Take(in FrameHeader header, ReadOnlySpan<byte> payload, out Delivery delivery)
    {
        delivery = default;
        switch (header.Type)
        {
            case FrameType.Method when _expecting == Expecting.Method:
                return TakeMethod(payload);
            case FrameType.Header when _expecting == Expecting.Header:
                return TakeHeader(payload, out delivery);
            case FrameType.Body when _expecting == Expecting.Body:
                return TakeBody(payload, out delivery);
            default:
                throw new BenchException($"The broker sent a frame of type {header.Type} where another was due ({_expecting}).");
        }
    }

    private DeliveryStep TakeMethod(ReadOnlySpan<byte> payload)
    {
        if (!MethodFrame.TrySplit(payload, out MethodId id, out ReadOnlySpan<byte> arguments))
        {
            throw new BenchException("The broker sent a method frame without a method.");
        }

        if (id != MethodId.BasicDeliver)
        {
            return DeliveryStep.OtherMethod;
        }

        if (!BasicDeliver.TryRead(arguments, out BasicDeliver deliver))
        {
            throw new BenchException("The broker sent a malformed basic.deliver.");
        }

        _tag = deliver.DeliveryTag;
        _isRedelivered = deliver.Redelivered;
        _expecting = Expecting.Header;
        return DeliveryStep.Incomplete;
    }

    private DeliveryStep TakeHeader(ReadOnlySpan<byte> payload, out Delivery delivery)
    {
        delivery = default;
        if (!ContentHeader.TryRead(payload, out ContentHeader content) || content.BodyBytes > int.MaxValue)
        {
            throw new BenchException("The broker sent a malformed content header.");
        }

        _bodyBytes = (long)content.BodyBytes;
        _gatheredBytes = 0;
        if (_bodyBytes > 0)
        {
            _expecting = Expecting.Body;
            return DeliveryStep.Incomplete;
        }

        return Complete([], out delivery);
    }

    private DeliveryStep TakeBody(ReadOnlySpan<byte> payload, out Delivery delivery)
    {
        delivery = default;
        if (_gatheredBytes == 0 && payload.Length == _bodyBytes)
        {
            return Complete(payload, out delivery);
        }

        if (payload.Length > _bodyBytes - _gatheredBytes)
        {
            throw new BenchException("The broker sent more body than the content header said.");
        }

        if (_gathered.Length < _bodyBytes)
        {
            _gathered = new byte[_bodyBytes];
        }

        payload.CopyTo(_gathered.AsSpan(_gatheredBytes));
        _gatheredBytes += payload.Length;
        return _gatheredBytes == _bodyBytes ? Complete(_gathered.AsSpan(0, _gatheredBytes), out delivery) : DeliveryStep.Incomplete;
    }

    private DeliveryStep Complete(ReadOnlySpan<byte> body, out Delivery delivery)
    {
        _expecting = Expecting.Method;
        delivery = new Delivery(_tag, _isRedelivered, body);
        return DeliveryStep.Delivery;
    }
}
