//! `laurel download`: artwork of titles into a folder.

mod fetch;
mod imgur;
mod jobs;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use futures::StreamExt;

use self::fetch::Fetch;
use self::imgur::{Album, Imgur};
use self::jobs::{DownloadJob, Expand, WantedArtwork};
use super::bulk::{
    Channel, ServerArgs, Session, TitleRef, WorkArgs, WorkOutcome, read_titles, run_all,
};
use super::{CliError, Ended, block_on, load_config};
use crate::config::Config;
use crate::library::Manifest;
use crate::model::{ArtworkKind, MediaType, Words};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  laurel download tt0133093 series-1396 --out posters
  laurel download --title \"Jack Reacher\" --year 2016 --out posters --all
  laurel discover --year 1999 | laurel download - --out 1999 --family poster,backdrop")]
pub(super) struct DownloadArgs {
    /// Ids (tt0133093, movie-603, kitsu:7442 …), files of them (text, JSON Lines, CSV), - for standard input, or Imgur albums (imgur:q6i58)
    #[arg(value_name = "WHAT", required_unless_present = "title")]
    what: Vec<String>,
    /// Folder to write to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// A title by name
    #[arg(long, value_name = "NAME")]
    title: Option<String>,
    /// Year of its first release
    #[arg(long, requires = "title")]
    year: Option<u16>,
    /// movie or series
    #[arg(long = "type", requires = "title", value_name = "TYPE")]
    media: Option<String>,
    /// Families or styles, comma-separated: poster, backdrop, logo, poster-minimal …
    #[arg(long, value_delimiter = ',', default_value = "poster", value_name = "STYLE")]
    family: Vec<String>,
    /// Parameters of the picture, as in an address: `badge_size=l&lang=de`
    #[arg(long, default_value = "", value_name = "QUERY")]
    query: String,
    #[command(flatten)]
    form: DownloadForm,
    /// With --all, only these kinds
    #[arg(long, value_enum, value_delimiter = ',', value_name = "KIND", requires = "all")]
    kind: Vec<KindArg>,
    /// Also over files that laurel did not write
    #[arg(long)]
    overwrite: bool,
    #[command(flatten)]
    work: WorkArgs,
    #[command(flatten)]
    server: ServerArgs,
}

#[derive(Debug, Args)]
#[group(multiple = false)]
struct DownloadForm {
    /// As the server draws them (the default)
    #[arg(long)]
    rated: bool,
    /// The artwork as its host has it
    #[arg(long)]
    plain: bool,
    /// Every picture that TMDB has, plain, in the largest size
    #[arg(long, id = "all")]
    all: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KindArg {
    Poster,
    Backdrop,
    Logo,
}

impl KindArg {
    fn word(self) -> &'static str {
        match self {
            Self::Poster => ArtworkKind::Poster.family(),
            Self::Backdrop => ArtworkKind::Backdrop.family(),
            Self::Logo => ArtworkKind::Logo.family(),
        }
    }
}

/// What is asked for.
struct Asked {
    titles: Vec<TitleRef>,
    albums: Vec<Album>,
    /// Where albums are asked for.
    imgur: Option<Imgur>,
}

impl Asked {
    fn read(args: &DownloadArgs, config: &Config) -> Result<Self, CliError> {
        let (mut albums, mut others) = (Vec::new(), Vec::new());
        for what in &args.what {
            match Album::parse(what) {
                Some(album) => albums.push(album?),
                None => others.push(what.clone()),
            }
        }
        let mut titles = read_titles(&others)?;
        if let Some(name) = args.title.clone() {
            let media = args.media.as_deref();
            if media.is_some_and(|word| MediaType::from_word(word).is_none()) {
                return Err(CliError::Usage("--type takes movie or series".to_owned()));
            }
            titles.push(TitleRef::Name { name, year: args.year, media: args.media.clone() });
        }
        let imgur = (!albums.is_empty()).then(|| Imgur::new(&config.bulk)).transpose()?;
        Ok(Self { titles, albums, imgur })
    }
}

pub(super) fn run(args: DownloadArgs) -> Result<Ended, CliError> {
    let mut config = load_config()?;
    let asked = Asked::read(&args, &config)?;
    block_on(async move {
        let session = Session::open(args.server.clone(), &mut config).await?;
        let ended = download(&session, args, asked).await;
        session.end().await;
        ended
    })
}

async fn download(session: &Session, args: DownloadArgs, asked: Asked) -> Result<Ended, CliError> {
    let refused = |error: std::io::Error| CliError::Refused(format!("--out: {error}"));
    std::fs::create_dir_all(&args.out).map_err(refused)?;
    let out = args.out.canonicalize().map_err(refused)?;
    let manifest = Manifest::open(&out).map_err(refused)?;
    let wanted = match (args.form.all, args.form.plain) {
        (true, _) => WantedArtwork::All(args.kind.iter().map(|kind| kind.word()).collect()),
        (_, plain) => WantedArtwork::Styles { styles: args.family, query: args.query, plain },
    };
    let progress = args.work.progress(Channel::Stdout);
    let (client, overwrite) = (session.client(), args.overwrite);
    let web = asked.imgur.as_ref().map(Imgur::web);
    let expand = Expand { client, manifest: &manifest, wanted: &wanted, out: &out };
    let fetch = Fetch { client, web, manifest: &manifest, out: &out, overwrite };
    let jobs = args.work.jobs();
    let (expand, expected) = (&expand, &progress);
    let of_albums = futures::stream::iter(asked.albums).then(|album| {
        let (imgur, manifest) = (&asked.imgur, &manifest);
        async move {
            match imgur {
                Some(imgur) => imgur.jobs(&album, manifest).await,
                None => Vec::new(),
            }
        }
    });
    let of_titles =
        futures::stream::iter(asked.titles).map(|title| expand.jobs(title)).buffer_unordered(jobs);
    let items = of_albums.chain(of_titles).flat_map(|jobs| {
        expected.expect(jobs.len());
        futures::stream::iter(jobs)
    });
    let fetch = &fetch;
    let work = |job: DownloadJob| async move {
        match job {
            DownloadJob::Known { item, outcome } => (item, outcome),
            DownloadJob::Fetch(file) => {
                let outcome = fetch.file(&file).await;
                (file.item, outcome)
            }
        }
    };
    let interrupted = run_all(items, (jobs, session.interrupted()), &progress, work).await;
    Ok(progress.end(interrupted).ended())
}

/// What came of a call, as the outcome of an item.
fn failed(failure: &super::bulk::Failure) -> WorkOutcome {
    match failure.is_full_disk() {
        true => WorkOutcome::Fatal(failure.to_string()),
        false => WorkOutcome::Failed(failure.to_string()),
    }
}
