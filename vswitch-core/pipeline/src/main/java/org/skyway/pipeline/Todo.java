package org.skyway.pipeline;

import java.util.ArrayList;
import java.util.List;

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
        List<Job> jobs = new ArrayList<>(2);
        int next = acted.at() + 1;
        if (next < acted.actions().size()) {
            jobs.add(new Job.Act(acted.owner(), acted.actions(), next));
        }
        for (Todo rest = then; rest != null && rest.isOfList(); rest = rest.then) {
            jobs.add(rest.job);
        }
        return of(jobs, end);
    }

    /// Some jobs before others.
    static Todo of(List<Job> jobs, Todo end) {
        Todo todo = end;
        for (Job each : jobs.reversed()) {
            todo = new Todo(each, todo);
        }
        return todo;
    }
}
