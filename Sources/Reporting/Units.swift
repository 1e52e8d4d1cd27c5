/// Signals that were filed. Dutch: meldingen.
public enum Signals: ReportUnit {
    public static let english = "signals"
    public static let dutch = "meldingen"
}

/// Households that something is done for. Dutch: casussen.
public enum Cases: ReportUnit {
    public static let english = "cases"
    public static let dutch = "casussen"
}

/// Meetings at a table. Dutch: bijeenkomsten.
public enum Meetings: ReportUnit {
    public static let english = "meetings"
    public static let dutch = "bijeenkomsten"
}

/// What partners were asked to do. Dutch: taken.
public enum Tasks: ReportUnit {
    public static let english = "tasks"
    public static let dutch = "taken"
}

/// Days of the calendar. Dutch: dagen.
public enum Days: ReportUnit {
    public static let english = "days"
    public static let dutch = "dagen"
}

/// Visits to a home. Dutch: huisbezoeken.
public enum Visits: ReportUnit {
    public static let english = "visits"
    public static let dutch = "huisbezoeken"
}

/// Times that a desk worker spoke to a helper about an open task. Dutch: contacten.
public enum Contacts: ReportUnit {
    public static let english = "contacts"
    public static let dutch = "contacten"
}

/// Times that a resident was told what was filed or discussed, or that this was put off. Dutch: mededelingen.
public enum Tellings: ReportUnit {
    public static let english = "tellings"
    public static let dutch = "mededelingen"
}

/// Contacts with a resident some time after a case closed. Dutch: nazorgcontacten.
public enum AftercareTalks: ReportUnit {
    public static let english = "aftercare talks"
    public static let dutch = "nazorgcontacten"
}

/// Answers of the gate to the question whether something may be disclosed. Dutch: besluiten.
public enum Decisions: ReportUnit {
    public static let english = "decisions"
    public static let dutch = "besluiten"
}

/// Requests of residents to see what was shared about them. Dutch: inzageverzoeken.
public enum AccessRequests: ReportUnit {
    public static let english = "requests"
    public static let dutch = "verzoeken"
}
