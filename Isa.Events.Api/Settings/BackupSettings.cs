using System.Globalization;

namespace Isa.Events.Api.Settings;

/// <summary>Section <c>Backup</c>: the daily backup of the SQLite file.</summary>
public sealed class BackupSettings
{
    /// <summary>Whether the server makes a backup each day. PostgreSQL has tools of its own for that, there it makes none.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Folder of the backups, relative to the data folder; best on another disk. Created with rights for its own user only.</summary>
    public string Folder { get; set; } = "backups";

    /// <summary>How many are kept (1 to 366); older ones are deleted once a new one is whole.</summary>
    public int Keep { get; set; } = 14;

    /// <summary>Time of day in UTC, as <c>02:00</c>. A backup that was missed is made soon after the next start.</summary>
    public string At { get; set; } = "02:00";

    /// <summary><see cref="At"/> as a time.</summary>
    internal TimeOnly AtTime => TimeOnly.ParseExact(At, "HH:mm", CultureInfo.InvariantCulture);
}

public sealed class BackupSettingsValidator : AbstractValidator<BackupSettings>
{
    public BackupSettingsValidator()
    {
        RuleFor(s => s.Folder).NotEmpty();
        RuleFor(s => s.Keep).InclusiveBetween(1, 366);
        RuleFor(s => s.At).Must(at => TimeOnly.TryParseExact(at, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)).WithMessage("'{PropertyValue}' is not a time of day such as 02:00 (UTC).");
    }
}
