package org.skyway.pipeline;

/// What is still to be done to a packet: a linked list of jobs, which never changes.
///
/// @param job the next
/// @param then what comes after it; null for nothing
public record Todo(Job job, Todo then) {
    /// Nothing, because others have taken over: the packet went on in parts.
    public static final Todo FORKED = new Todo(null, null);

    /// Nothing, and nothing to any other packet either: what was to be found out is known.
    public static final Todo STOP = new Todo(null, null);

    /// What to do again, for packets that have to be told apart before an action can be done to
    /// them.
    ///
    /// @return the same list with the action that was about to be done
    public Todo again() {
        Job.Acted acted = (Job.Acted) job;
        return new Todo(new Job.Act(acted.owner(), acted.actions(), acted.at()), then);
    }

    /// Whether the next job belongs to an entry, or to another list of actions, that is at work.
    boolean isOfList() {
        return job instanceof Job.Act || job instanceof Job.Instruct;
    }

    /// Leaves out the rest of what is at work.
    ///
    /// @return what called it; null for nothing
    public Todo afterList() {
        Todo rest = then;
        while (rest != null && rest.isOfList()) {
            rest = rest.then;
        }
        return rest;
    }

    /// The rest of what is at work and nothing else, before something else.
    ///
    /// @param end what comes after it
    /// @return the list
    public Todo listBefore(Todo end) {
        Job.Acted acted = (Job.Acted) job;
        Todo rest = then != null && then.isOfList() ? then.prefixBefore(end) : end;
        int next = acted.at() + 1;
        return next == acted.actions().size()
                ? rest
                : new Todo(new Job.Act(acted.owner(), acted.actions(), next), rest);
    }

    // One frame for each list that was kept when a packet was read anew, which are few.
    private Todo prefixBefore(Todo end) {
        return new Todo(job, then != null && then.isOfList() ? then.prefixBefore(end) : end);
    }
}
