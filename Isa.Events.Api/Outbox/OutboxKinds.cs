namespace Isa.Events.Api.Outbox;

/// <summary>What sets kinds of rows apart, for code and for queries.</summary>
internal static class OutboxKinds
{
    private static readonly OutboxKind[] Ends = [OutboxKind.RegistrationCancelled, OutboxKind.RegistrationDeclined, OutboxKind.DelegationCancelled, OutboxKind.DelegationDeclined, OutboxKind.EventCancelled];

    private static readonly OutboxKind[] ToEach = [OutboxKind.EventChanged, OutboxKind.EventCancelled, OutboxKind.OrganizerMessage, OutboxKind.Reminder, OutboxKind.ThankYou];

    private static readonly OutboxKind[] Changes = [OutboxKind.EventChanged, OutboxKind.RegistrationChanged, OutboxKind.RegistrationMoved];

    /// <summary>For <c>kind IN</c>.</summary>
    public static readonly string EndsInSql = InSql(Ends);

    public static readonly string ToEachInSql = InSql(ToEach);

    public static readonly string ChangesInSql = InSql(Changes);

    /// <summary>Whoever is out needs to hear that and nothing else. If nobody has told them they are in, the end is told without a calendar object.</summary>
    public static bool IsEnd(this OutboxKind kind) => Ends.Contains(kind);

    /// <summary>Whether it comes as one row of its event, which is passed on to each registration; contacts of delegations get it once for all whom they speak for.</summary>
    public static bool IsToEach(this OutboxKind kind) => ToEach.Contains(kind);

    /// <summary>Whether what it tells waits until nobody has changed more for a while (<see cref="EmailSettings.ChangeWindowSeconds"/>).</summary>
    public static bool IsChange(this OutboxKind kind) => Changes.Contains(kind);

    private static string InSql(OutboxKind[] kinds) => $"({string.Join(", ", kinds.Select(kind => $"'{RowTypes.Name(kind)}'"))})";
}

/// <summary>How far a row may have come, for queries.</summary>
internal static class OutboxRows
{
    /// <summary>Nobody is sending it now.</summary>
    public const string NotInHand = "state = 'pending' AND (leased_until IS NULL OR leased_until <= @Now)";

    /// <summary>Nobody can have got it, and nobody has it in hand.</summary>
    public const string Untold = "state = 'pending' AND attempted_at IS NULL AND leased_by IS NULL";

    /// <summary>Nor had anybody before and let it go (<see cref="Portions"/>): whoever takes it next may do so between two statements of this transaction, and make it from what is there without it.</summary>
    public const string Untouched = $"{Untold} AND attempts = 0 AND leased_until IS NULL AND recipient IS NULL";
}
