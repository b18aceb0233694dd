package org.skyway.experiments.hostile;

/// What a hostile VNF can do. Each takes some tenths of a second; what it throws ends it and
/// nothing else, because who cuts his own memory short or writes over it can't expect it to work.
enum Attack {
    // Behaviour of a driver, with one thing wrong or none: links come to life by this.
    HONEST_FOR_A_WHILE(s -> Behaviour.of(s).run()),
    OBEYS_WITHOUT_DOING(s -> Behaviour.of(s).withoutMarks().stays().run()),
    NEVER_OBEYS(s -> Behaviour.of(s).neverObeys().run()),
    NEVER_READS(s -> Behaviour.of(s).neverReads().run()),
    OBEYS_BEFORE_ITS_MARKS(s -> Behaviour.of(s).withoutMarks().run()),
    ALIVE_BUT_DEAF(s -> Behaviour.of(s).neverObeys().neverReads().run()),
    GARBAGE_FRAMES(s -> Behaviour.of(s).garbage().run()),
    SILENT(s -> s.pause(3000)),

    // Words of its memory.
    ANY_WORD(Words::any),
    ANY_WORD_OF_CONTROL_AND_STATISTICS(Words::blocks),
    CURSORS(Words::cursors),
    OLD_PACKETS_AGAIN(Words::again),
    LENGTHS_AND_TYPES(Words::descriptors),
    LONG_PACKETS(Words::longPackets),
    MARKS_OF_OTHERS(Words::marks),
    GEOMETRY(Words::geometry),
    HEADERS(Words::headers),
    STATISTICS(Words::statistics),
    OBEDIENCE(Words::obedience),
    SIGNS_OF_LIFE(Words::alive),

    // Its control connection.
    GARBAGE_MESSAGES(Messages::garbage),
    HUGE_LINE(Messages::huge),
    UNKNOWN_TYPES(Messages::unknown),
    ANSWERS_TO_NOTHING(Messages::answers),
    HELLO_TWICE(Messages::helloTwice),
    HELLO_FOR_OTHERS(Messages::helloForOthers),
    THOUSAND_HELLOS(Messages::hellos),
    SAYS_NOTHING(Messages::silence),
    BAD_ANSWERS(Messages::badAnswers),
    HANGS_UP(s -> s.vnf().close()),

    // The files of its regions.
    CUTS_ITS_PORT_SHORT(Files::port),
    CUTS_A_LINK_SHORT(Files::link),
    UNLINKS_ITS_REGIONS(Files::unlink);

    /// What it does.
    interface Deed {
        /// Does it.
        void run(HostileStage stage) throws Exception;
    }

    private final Deed deed;

    Attack(Deed deed) {
        this.deed = deed;
    }

    void run(HostileStage stage) throws Exception {
        deed.run(stage);
    }
}
