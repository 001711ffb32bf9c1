namespace Ropeway.Messages;

/// <summary>A decimal number of an AMQP 0-9-1 field table: <c>Unscaled / 10^Scale</c>. Kept as sent, never normalised.</summary>
/// <param name="Scale">Digits after the point.</param>
/// <param name="Unscaled">The digits as an unsigned number.</param>
public readonly record struct FieldDecimal(byte Scale, uint Unscaled);
