"""The models that a demo Odoo has by itself, as far as this product reads them (odoo-facts.md 5 and 6)."""

from goodstanding.adapters.odoo.demo.shapes import Model, model

_MODULE_STATES = "uninstallable=Uninstallable;uninstalled=Not Installed;installed=Installed;to upgrade=To be upgraded"
_PRIORITIES = "0=Low;1=Medium;2=High;3=Very High"
_SLA_STATES = "accomplished=Accomplished;in_progress=In Progress;expired=Expired;on_hold=In Hold"
_MESSAGE_TYPES = (
    "email=Email;comment=Comment;notification=System notification;auto_comment=Automated Targeted Notification"
    ";user_notification=User Specific Notification"
)


def catalogue(major: int) -> dict[str, Model]:
    """Return the models of a version by name."""
    return {each.name: each for each in (*_base(major), *_mail(major), *_helpdesk(major), *_project(major))}


def _base(major: int) -> tuple[Model, ...]:
    group = "groups_id" if major < 19 else "group_ids"
    members = "users" if major < 19 else "user_ids"
    return (
        model("res.lang", "Languages", "name  char  Name\n code  char  Locale Code\n active  boolean  Active", major=major),
        model("res.company", "Companies", "name  char  Company Name", major=major),
        model(
            "res.partner",
            "Contact",
            """
            name        char        Name
            email       char        Email         | tracked
            active      boolean     Active
            parent_id   many2one    Related Company   res.partner
            is_company  boolean     Is a Company
            partner_share  boolean  Share Partner
            commercial_partner_id  many2one  Commercial Entity  res.partner
            """,
            major=major,
        ),
        model(
            "res.users",
            "User",
            f"""
            name        char        Name          | from partner_id.name
            login       char        Login
            lang        selection   Language          en_US=English (US);de_DE=German;fr_FR=French
            email       char        Email         | from partner_id.email
            active      boolean     Active
            partner_id  many2one    Related Partner   res.partner
            company_id  many2one    Company           res.company
            company_ids  many2many  Companies         res.company
            share       boolean     Share User
            login_date  datetime    Latest Login
            totp_enabled  boolean   Two-factor authentication
            {group}     many2many   Groups            res.groups
            all_group_ids  many2many  Groups and implied groups  res.groups  | since 19
            """,
            major=major,
        ),
        model(
            "res.groups",
            "Access Groups",
            f"""
            name        char        Name
            full_name   char        Group Name    | from name
            {members}   many2many   Users             res.users
            api_key_duration  float  API Keys maximum duration days  | since 18
            """,
            major=major,
        ),
        model(
            "res.users.apikeys",
            "Users API Keys",
            """
            name        char        Description
            user_id     many2one    User              res.users
            scope       char        Scope
            expiration_date  datetime  Expiration Date  | since 18
            """,
            major=major,
            traced=False,
        ),
        model("res.users.log", "Users Log", "", major=major, named_by="id"),
        model("ir.model", "Models", "name  char  Model Description\n model  char  Model\n count  integer  Count", major=major),
        model(
            "ir.model.fields",
            "Fields",
            """
            name        char        Field Name
            model       char        Model Name
            field_description  char  Field Label
            tracking    integer     Enable Ordered Tracking
            ttype       selection   Field Type        char=char;text=text;many2one=many2one;datetime=datetime
            relation    char        Related Model
            """,
            major=major,
        ),
        model("ir.model.data", "Model Data", "module  char  Module\n name  char  Identifier\n model  char  Model", major=major),
        model(
            "ir.model.access",
            "Model Access",
            "name  char  Name\n model_id  many2one  Model  ir.model\n group_id  many2one  Group  res.groups",
            major=major,
        ),
        model(
            "ir.rule",
            "Record Rule",
            """
            name        char        Name
            model_id    many2one    Model             ir.model
            domain_force  text      Domain
            groups      many2many   Groups            res.groups
            """,
            major=major,
        ),
        model(
            "ir.module.module",
            "Module",
            f"""
            name        char        Technical Name
            shortdesc   char        Module Name
            author      char        Author
            license     selection   License           LGPL-3=LGPL Version 3;OPL-1=Odoo Proprietary License v1.0
            state       selection   Status            {_MODULE_STATES}
            latest_version     char  Installed Version
            installed_version  char  Latest Version
            """,
            major=major,
        ),
        model(
            "ir.cron",
            "Scheduled Actions",
            f"""
            name        char        Action Name
            cron_name   char        Name
            active      boolean     Active
            user_id     many2one    Scheduler User    res.users
            interval_number  integer  Interval Number
            interval_type    selection  Interval Unit  minutes=Minutes;hours=Hours;days=Days;weeks=Weeks;months=Months
            nextcall    datetime    Next Execution Date
            lastcall    datetime    Last Execution Date
            priority    integer     Priority
            {group}     many2many   Groups            res.groups
            code        text        Python Code       | settings only
            numbercall  integer     Number of Calls   | until 17
            doall       boolean     Repeat Missed     | until 17
            failure_count  integer  Failure Count     | since 18
            first_failure_date  datetime  First Failure Date  | since 18
            """,
            major=major,
        ),
        model("ir.config_parameter", "System Parameter", "key  char  Key\n value  text  Value", major=major, named_by="key"),
        model(
            "ir.attachment",
            "Attachment",
            """
            name        char        Name
            res_model   char        Resource Model
            res_id      many2one_reference  Resource ID
            file_size   integer     File Size
            mimetype    char        Mime Type
            """,
            major=major,
        ),
    )


def _mail(major: int) -> tuple[Model, ...]:
    field = "field" if major < 17 else "field_id"
    values = "\n".join(
        f"{age}_value_{kind}  {kind}  {age.title()} Value {kind.title()}"
        for age in ("old", "new")
        for kind in ("integer", "float", "char", "text", "datetime")
    )
    return (
        model(
            "mail.message.subtype",
            "Message subtypes",
            "name  char  Message Type\n internal  boolean  Internal Only",
            major=major,
        ),
        model(
            "mail.message",
            "Message",
            f"""
            subject     char        Subject
            date        datetime    Date
            body        html        Contents
            model       char        Related Document Model
            res_id      many2one_reference  Related Document ID
            message_type  selection  Type             {_MESSAGE_TYPES}
            subtype_id  many2one    Subtype           mail.message.subtype
            is_internal  boolean    Employee Only
            author_id   many2one    Author            res.partner
            email_from  char        From
            parent_id   many2one    Parent Message    mail.message
            message_id  char        Message-Id
            record_name  char       Message Record Name
            tracking_value_ids  one2many  Tracking values  mail.tracking.value  | inverse mail_message_id, settings only
            """,
            major=major,
            named_by="subject",
        ),
        model(
            "mail.tracking.value",
            "Mail Tracking Value",
            f"""
            {field}     many2one    Field             ir.model.fields
            field_desc  char        Field Description | until 16
            field_type  char        Field Type        | until 16
            mail_message_id  many2one  Message ID     mail.message
            {values}
            """,
            major=major,
            named_by="id",
        ),
        model(
            "mail.mail",
            "Outgoing Mails",
            """
            state       selection   Status            outgoing=Outgoing;sent=Sent;exception=Delivery Failed
            failure_reason  text    Failure Reason
            """,
            major=major,
            named_by="id",
        ),
        model(
            "rating.rating",
            "Rating",
            """
            res_model   char        Document Model
            res_id      many2one_reference  Document
            rating      float       Rating Value
            feedback    text        Comment
            consumed    boolean     Filled Rating
            """,
            major=major,
            named_by="id",
        ),
    )


def _helpdesk(major: int) -> tuple[Model, ...]:
    return (
        model(
            "helpdesk.ticket",
            "Helpdesk Ticket",
            f"""
            number      char        Ticket number
            name        char        Title
            description  html       Description
            user_id     many2one    Assigned user     res.users               | tracked
            stage_id    many2one    Stage             helpdesk.ticket.stage   | tracked
            partner_id  many2one    Contact           res.partner
            partner_name   char     Partner Name
            partner_email  char     Email
            commercial_partner_id  many2one  Commercial Partner  res.partner  | from partner_id.commercial_partner_id
            last_stage_update  datetime  Last Stage Update
            assigned_date  datetime  Assigned Date
            closed_date    datetime  Closed Date
            closed      boolean     Closed            | from stage_id.closed
            unattended  boolean     Unattended        | from stage_id.unattended
            tag_ids     many2many   Tags              helpdesk.ticket.tag
            company_id  many2one    Company           res.company
            channel_id  many2one    Channel           helpdesk.ticket.channel
            category_id  many2one   Category          helpdesk.ticket.category
            team_id     many2one    Team              helpdesk.ticket.team
            priority    selection   Priority          {_PRIORITIES}
            active      boolean     Active
            ticket_sla_ids  one2many  Ticket SLAs     helpdesk.ticket.sla     | inverse ticket_id
            """,
            major=major,
            named_by="number",
            order="id desc",
            posting_needs="read",
        ),
        model(
            "helpdesk.ticket.stage",
            "Helpdesk Ticket Stage",
            """
            name        char        Stage Name
            sequence    integer     Sequence
            active      boolean     Active
            unattended  boolean     Unattended
            closed      boolean     Closed
            fold        boolean     Folded in Kanban
            """,
            major=major,
            order="sequence, id",
        ),
        model(
            "helpdesk.ticket.team",
            "Helpdesk Ticket Team",
            """
            name        char        Name
            active      boolean     Active
            user_ids    many2many   Members           res.users
            use_sla     boolean     Use SLA
            resource_calendar_id  many2one  Working Hours  resource.calendar
            """,
            major=major,
        ),
        model("resource.calendar", "Resource Working Time", "name  char  Name\n active  boolean  Active", major=major),
        model(
            "helpdesk.ticket.category", "Helpdesk Ticket Category", "name  char  Name\n active  boolean  Active", major=major
        ),
        model("helpdesk.ticket.channel", "Helpdesk Ticket Channel", "name  char  Name\n active  boolean  Active", major=major),
        model("helpdesk.ticket.tag", "Helpdesk Ticket Tag", "name  char  Name\n active  boolean  Active", major=major),
        model(
            "helpdesk.sla",
            "Helpdesk SLA",
            """
            name        char        Name
            active      boolean     Active
            days        integer     Days
            hours       integer     Hours
            stage_id    many2one    Stage             helpdesk.ticket.stage
            ignore_stage_ids  many2many  Ignore Stages  helpdesk.ticket.stage
            """,
            major=major,
        ),
        model(
            "helpdesk.ticket.sla",
            "Helpdesk Ticket SLA",
            f"""
            ticket_id   many2one    Ticket            helpdesk.ticket
            sla_id      many2one    SLA               helpdesk.sla
            deadline    datetime    Deadline
            hours       float       Hours
            expected_stage_id  many2one  Expected Stage  helpdesk.ticket.stage
            consumed_time  float    Consumed time
            last_state_date  datetime  Last State Date
            state       selection   State             {_SLA_STATES}
            """,
            major=major,
            named_by="id",
        ),
    )


def _project(major: int) -> tuple[Model, ...]:
    states = "01_in_progress=In Progress;02_changes_requested=Changes Requested;1_done=Done;1_canceled=Cancelled"
    state = f"state  selection  State  {states}  | tracked"
    return (
        model(
            "project.project",
            "Project",
            "name  char  Name\n active  boolean  Active\n partner_id  many2one  Customer  res.partner",
            major=major,
        ),
        model(
            "project.task.type",
            "Task Stage",
            """
            name        char        Name
            sequence    integer     Sequence
            fold        boolean     Folded
            user_id     many2one    Stage Owner       res.users
            """,
            major=major,
        ),
        model(
            "project.task",
            "Task",
            f"""
            name        char        Title             | tracked
            description  html       Description
            project_id  many2one    Project           project.project         | tracked
            stage_id    many2one    Stage             project.task.type       | tracked
            user_ids    many2many   Assignees         res.users               | tracked
            partner_id  many2one    Customer          res.partner             | tracked
            priority    selection   Priority          0=Low;1=High            | tracked
            date_assign  datetime   Assigning Date
            date_end    datetime    Ending Date
            date_deadline  datetime  Deadline         | tracked
            date_last_stage_update  datetime  Last Stage Update
            company_id  many2one    Company           res.company
            active      boolean     Active
            is_template  boolean    Is Template       | since 19
            has_template_ancestor  boolean  Has Template Ancestor  | since 19
            {state if major >= 17 else "kanban_state  selection  Kanban State  normal=Grey;done=Green;blocked=Red  | tracked"}
            {"allocated_hours  float  Allocated Time" if major >= 17 else "planned_hours  float  Planned Hours"}
            """,
            major=major,
            order="id desc",
        ),
    )
