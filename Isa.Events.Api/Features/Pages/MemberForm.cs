using System.Text;

namespace Isa.Events.Api.Features.Pages;

/// <summary>One more member of a delegation: name, address, site, and what the event must know of everybody.</summary>
internal static class MemberForm
{
    public static void Write(StringBuilder body, DelegationView view, PageWriter page)
    {
        var (evt, language, active) = (view.Event, view.Language, view.Active);
        if (view.MayConfirm || active.Count is 0 or >= Delegation.MaxMembers || evt.RefusalAt(view.Now) is not null) return;
        var form = ManageBody.Fold(body, view, PageForm.Member, PageWording.Member, page);
        var fields = FormFields.OfPerson(evt, language, null).ToDictionary(f => f.Name, f => f with { Help = null, Autocomplete = "off" }, StringComparer.Ordinal);
        form.Field(fields["fullName"], []);
        form.Field(fields["email"] with { Required = false, Help = PageWording.MemberEmail.In(language) }, []);
        form.Field(fields["language"] with { Label = PageWording.MemberLanguage.In(language) }, [language.Code()]);
        form.Field(fields["audience"] with { Label = PageWording.MemberAudience.In(language) }, AudienceOf(view) is { } audience ? [RowTypes.Name(audience)] : []);
        if (fields.TryGetValue("invitationCode", out var code)) form.Field(code, []);
        form.Choose("site", PageWording.MemberSite, AgainForm.Options(view, evt.Sites));
        PersonFields.Write(form, view, Asked(view, [.. evt.Sites.Select(s => s.Id)], view.Sent?.Form is { Which: PageForm.Member } sent ? sent : null), null);
        NoticeField.Write(body, form, view, PageWording.MemberNotice);
        form.Close(PageWording.MemberButton);
        body.Append("</details>\n");
    }

    public static DelegationMembersRequest Read(DelegationView view, SentForm form)
    {
        var site = form.Text("site");
        return new DelegationMembersRequest
        {
            Organisation = view.Delegation.Organisation, City = view.Delegation.City, WhenFull = site is null ? null : WhenFull.Waitlist,
            Members =
            [
                new DelegationMember
                {
                    FullName = form.Text("fullName"), Email = form.Text("email"), Language = form.Language("language"), Audience = form.Audience("audience"), SiteId = site,
                    InvitationCode = form.Text("invitationCode"), NoticeVersion = NoticeField.Read(view, form), Answers = form.Answer(Asked(view, [site], form), null),
                },
            ],
        };
    }

    /// <summary>Whether somebody is there as the form would have them: by address, by name where there is none.</summary>
    public static bool IsThere(DelegationView view, SentForm form)
    {
        var (name, email) = (form.Text("fullName"), form.Text("email"));
        return view.Active.Exists(m => email is null ? m.Email is null && m.FullName == name : m.Email == email);
    }

    // By what was typed where the form was sent; those who come together mostly are of one kind.
    private static List<Question> Asked(DelegationView view, IReadOnlyList<string?> sites, SentForm? form) =>
        PersonFields.Asked(view.Event, sites, form is null ? AudienceOf(view) : form.Audience("audience"), form?.Language("language") ?? view.Language);

    private static Audience? AudienceOf(DelegationView view) => view.Active[^1].Audience;
}
