using System.Text.Json.Serialization;

namespace Isa.Events.Api.Features.Events;

/// <summary>How people attend at a site.</summary>
public enum AttendanceMode
{
    /// <summary>In a room.</summary>
    InPerson,

    /// <summary>Each by video.</summary>
    Online,

    /// <summary>Together in a room of their own that joins by one video link.</summary>
    LinkedRoom,
}

/// <summary>Who is invited.</summary>
public enum Audience
{
    CityRepresentative,
    BusinessDeveloper,
    AdvisoryBoard,
    Company,
    Guest,
}

/// <summary>The video conference of a site. Shown to organisers and on the join page, never in public.</summary>
/// <param name="Url">https address of the conference.</param>
/// <param name="Number">Meeting number, for those who type it.</param>
/// <param name="Passcode">Passcode, for those who type it.</param>
/// <param name="DialIn">Telephone numbers, as text.</param>
public sealed record Meeting(string Url, string? Number, string? Passcode, string? DialIn);

/// <summary>One way to attend an event: as it is set up. What is taken of it stands in <see cref="SiteSeats"/>.</summary>
public sealed record Site
{
    public const string Columns = "event_id, id, position, revision, mode, name, capacity, address, directions, meeting, time_zone, audiences, waitlist";

    [JsonIgnore]
    public string EventId { get; init; } = "";

    /// <summary>The organiser's own word for it, unique in the event: <c>hannover</c>.</summary>
    public string Id { get; init; } = "";

    [JsonIgnore]
    public long Position { get; init; }

    /// <summary>Counts changes that calendar entries show: a part of their SEQUENCE.</summary>
    [JsonIgnore]
    public long Revision { get; init; }

    public AttendanceMode Mode { get; init; }

    public Texts Name { get; init; } = new();

    /// <summary>Seats, or null without a limit.</summary>
    public long? Capacity { get; init; }

    public Texts? Address { get; init; }

    public Texts? Directions { get; init; }

    public Meeting? Meeting { get; init; }

    /// <summary>Its own clock, or null for the event's.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Who may register here, or null for everybody the event invites.</summary>
    public IReadOnlyList<Audience>? Audiences { get; init; }

    /// <summary>Its waiting list, or null where it has none.</summary>
    public SiteWaitlist? Waitlist { get; init; }

    /// <summary>Whether somebody who attends here joins a video conference by themselves.</summary>
    [JsonIgnore]
    public bool JoinsByVideo => Mode == AttendanceMode.Online;

    /// <summary>The site as its organiser would send it.</summary>
    public SiteRequest ToRequest() => new()
    {
        Id = Id, Mode = Mode, Name = Name, Capacity = Capacity, Address = Address, Directions = Directions, Meeting = Meeting, TimeZone = TimeZone, Audiences = Audiences,
        Waitlist = Waitlist,
    };

    /// <summary>The site after its organiser's edit. The revision rises when calendar entries show something else.</summary>
    public Site Edited(SiteRequest request)
    {
        var edited = this with
        {
            Mode = request.Mode!.Value,
            Name = request.Name!,
            Capacity = request.Capacity,
            Address = request.Address,
            Directions = request.Directions,
            Meeting = request.Meeting,
            TimeZone = request.TimeZone,
            Audiences = request.Audiences,
            Waitlist = request.Waitlist is { } waitlist ? new SiteWaitlist(waitlist.Promotion ?? PromotionMode.Automatic, waitlist.OfferHours ?? SiteWaitlist.DefaultOfferHours) : null,
        };
        var shown = edited.Mode != Mode || edited.Name != Name || edited.Address != Address || edited.Directions != Directions || edited.Meeting != Meeting || edited.TimeZone != TimeZone;
        return shown ? edited with { Revision = Revision + 1 } : edited;
    }

    public void Insert(WriteSession session) => session.Execute(InsertSite, this);

    public void Update(WriteSession session) => session.Execute(UpdateSite, this);

    private const string InsertSite = $"""
        INSERT INTO sites ({Columns})
        VALUES (@EventId, @Id, @Position, @Revision, @Mode, @Name, @Capacity, @Address, @Directions, @Meeting, @TimeZone, @Audiences, @Waitlist)
        """;

    private const string UpdateSite = """
        UPDATE sites SET revision = @Revision, mode = @Mode, name = @Name, capacity = @Capacity, address = @Address, directions = @Directions,
            meeting = @Meeting, time_zone = @TimeZone, audiences = @Audiences, waitlist = @Waitlist
        WHERE event_id = @EventId AND id = @Id
        """;
}

/// <summary>What is taken of a site.</summary>
public sealed record SiteSeats
{
    public const string OfEvent = "SELECT id AS site_id, capacity, seats_taken, waiting FROM sites WHERE event_id = @EventId ORDER BY position, id";

    /// <summary>The same with <see cref="NobodyComes"/>.</summary>
    public const string ForNewcomers = $"{Newcomers} ORDER BY position, id";

    /// <summary>The same where the event itself is still of this version; no row otherwise.</summary>
    public const string OfVersion = $"{Newcomers} AND EXISTS (SELECT 1 FROM events WHERE id = @EventId AND version = @Version) ORDER BY position, id";

    private const string Newcomers = $"""
        SELECT id AS site_id, capacity, seats_taken, waiting, CASE WHEN waiting > 0 AND (capacity IS NULL OR seats_taken < capacity) AND NOT EXISTS ({WaitlistEntry.NextOfSite}) THEN TRUE ELSE FALSE END AS nobody_comes
        FROM sites s WHERE event_id = @EventId
        """;

    public string SiteId { get; init; } = "";

    public long? Capacity { get; init; }

    public long SeatsTaken { get; init; }

    public long Waiting { get; init; }

    /// <summary>Full, or somebody waits: whether newcomers may have a seat nevertheless is for <see cref="Seats.AreFor"/> to say.</summary>
    public bool IsFull => Waiting > 0 && !NobodyComes || SeatsTaken >= Capacity;

    /// <summary>Whether those who wait are all passed over, so that free seats are for newcomers. Read for those alone who tell what there is, where there are free seats.</summary>
    public bool NobodyComes { get; init; }

    public long? Free => Capacity - SeatsTaken;
}
