/** A field of knowledge that prompts are about, with its words; two words of a field make a topic. */
export interface Field {
  readonly name: string;
  readonly terms: readonly string[];
}

const listed = `
algebra: quadratic equations, matrices, eigenvalues, polynomials, group theory, inequalities, vector spaces, determinants
geometry: triangles, conic sections, polyhedra, angle chasing, inscribed circles, tilings, affine maps, projections
calculus: integrals, Taylor series, limits, gradient fields, differential equations, convergence, substitution, arc length
probability: random walks, conditional expectation, Markov chains, dice games, order statistics, martingales, coupling, urn models
number theory: primes, modular arithmetic, continued fractions, Diophantine equations, quadratic residues, sieves, digit sums, lattices
mechanics: projectile motion, rigid bodies, oscillators, friction, torque, collisions, pendulums, orbits
thermodynamics: entropy, heat engines, phase changes, ideal gases, refrigeration, diffusion, latent heat, free energy
electronics: transistors, op-amps, filters, voltage dividers, oscillator circuits, power supplies, logic gates, antennas
organic chemistry: esters, aromatic rings, polymers, chirality, reaction mechanisms, alcohols, amines, spectroscopy
inorganic chemistry: oxidation states, crystal lattices, acids, catalysts, electrolysis, complex ions, alloys, buffers
cell biology: mitochondria, cell membranes, mitosis, enzymes, ribosomes, signalling pathways, osmosis, stem cells
genetics: alleles, gene expression, heredity, mutations, chromosomes, population drift, DNA repair, linkage maps
ecology: food webs, keystone species, wetlands, pollination, succession, invasive plants, soil fungi, coral reefs
medicine: hypertension, vaccines, sleep disorders, antibiotics, migraine, physiotherapy, anaemia, allergy tests
nutrition: protein intake, vitamins, fibre, fasting, meal planning, cholesterol, hydration, gut bacteria
law: contracts, tenancy, negligence, copyright, employment notice, data protection, wills, small claims
finance: compound interest, bonds, index funds, mortgages, cash flow, hedging, budgets, inflation
economics: supply curves, monopolies, trade deficits, game theory, public goods, unemployment, auctions, exchange rates
accounting: depreciation, ledgers, invoices, tax brackets, inventories, audits, accruals, payroll
marketing: landing pages, customer segments, newsletters, pricing tests, brand voice, funnels, surveys, slogans
history: trade routes, city states, the printing press, railways, plagues, treaties, guilds, decolonisation
philosophy: free will, utilitarianism, scepticism, personal identity, the trolley problem, Stoicism, induction, social contracts
linguistics: phonemes, loanwords, syntax trees, dialects, morphology, sign languages, pragmatics, language change
poetry: sonnets, haiku, metaphors, metre, rhyme schemes, elegies, free verse, ballads
fiction: villains, plot twists, dialogue, unreliable narrators, opening lines, settings, character arcs, short stories
film: cinematography, screenplays, montage, film noir, documentaries, sound design, casting, storyboards
music: chord progressions, counterpoint, drum patterns, ear training, orchestration, tuning, song lyrics, improvisation
cooking: sourdough, risotto, knife skills, curries, fermentation, sauces, roast vegetables, pastry
travel: train passes, packing lists, visas, city breaks, hiking trails, jet lag, hostels, road trips
gardening: compost, tomatoes, pruning, raised beds, slugs, hedges, seedlings, lawns
parenting: bedtime, screen time, picky eaters, school choice, tantrums, reading aloud, pocket money, birthday parties
careers: cover letters, interviews, promotions, remote work, notice periods, networking, portfolios, salary talks
databases: indexes, joins, transactions, migrations, query plans, sharding, deadlocks, backups
web development: form validation, caching headers, routing, accessibility, state management, web sockets, bundlers, cookies
algorithms: dynamic programming, graph search, binary heaps, string matching, hashing, sorting, tries, segment trees
operating systems: schedulers, page tables, file descriptors, semaphores, boot loaders, interrupts, containers, memory leaks
networks: routing tables, packet loss, load balancers, name servers, firewalls, congestion control, proxies, certificates
statistics: confidence intervals, regression, bootstrap, outliers, survey weights, sample size, multiple testing, survival curves
machine learning: decision trees, overfitting, embeddings, cross-validation, gradient boosting, clustering, attention, label noise
robotics: path planning, inverse kinematics, sensors, PID control, grippers, odometry, drones, simulation
`;

/** Forty fields of eight words each. */
export const fields: readonly Field[] = listed
  .trim()
  .split("\n")
  .map((line) => {
    const [name = "", terms = ""] = line.split(": ");
    return { name, terms: terms.split(", ") };
  });
