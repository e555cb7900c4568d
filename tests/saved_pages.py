"""Invented pages in the shapes that readers save: what a site puts around a report, and how it marks one up."""

WORDPRESS = """<!DOCTYPE html><html lang="en-GB" class="no-js"><head><meta charset="UTF-8">
<title>Oakshire 2014 - HMIC</title><script>window.dataLayer=[{"page":"Ignored"}];</script>
<style>.x{color:red}</style></head>
<body class="page-template-default page parent-pageid-77 wp-embed-responsive">
<a class="skip-link screen-reader-text" href="#content">Skip to content</a>
<div id="ccc" class="cookie-notice" role="dialog"><p>We use cookies to make this site work.</p>
<button>Accept all</button><button>Reject all</button></div>
<div class="alert alert-warning"><p><strong>Planned website downtime</strong></p>
<p>This site will not be available between 6pm and 8pm on Thursday while it is maintained.</p></div>
<header class="site-header" id="masthead"><div class="site-branding"><a href="/">Inspectorate</a></div>
<nav class="main-navigation"><ul><li><a href="/about">About us</a></li><li><a href="/forces">Police forces</a></li>
</ul></nav><form role="search"><label>Search for: <input type="search" name="s"></label></form></header>
<nav class="breadcrumb" aria-label="Breadcrumb"><a href="/">Home</a> / <a href="/peel-2014">PEEL 2014</a></nav>
<div id="content" class="site-content"><div id="primary" class="content-area"><main id="main" class="site-main">
<article id="post-2" class="post-2 page type-page status-publish hentry"><header class="entry-header">
<h1 class="entry-title">Oakshire 2014</h1></header><div class="entry-content">
<p>This is the first PEEL Assessment of Oakshire Police, made in 2014.</p>
<h2>HMI&#8217;s observations</h2>
<p>The force is quick to bring stolen bicycles back. However, it seldom tells their owners.</p>
<div class="peel-pillar"><h2>Effectiveness</h2><p class="subtitle">How well the force tackles crime</p>
<p class="date">Last updated 13/11/2014</p><p class="judgement judgement--ungraded">Ungraded</p>
<p>The inspectors were concerned that letters lay unread for a week.</p>
<details class="accordion"><summary>Further insights on effectiveness</summary>
<p>Of the forty letters that inspectors opened, nine had never been answered.</p>
<p><a href="/questions">View the six questions for effectiveness</a></p></details></div>
<div class="peel-pillar"><h2>Efficiency</h2><p class="subtitle">How well the force delivers value for money</p>
<p class="date">Last updated 13/11/2014</p><p class="judgement judgement--good">Good</p>
<p>It spends little and knows where the money goes.</p></div>
<div class="peel-pillar"><h2>Legitimacy</h2>
<p class="subtitle">Does the force act with integrity?</p>
<p class="date">Last updated 13/11/2014</p><p class="judgement judgement--ungraded">Ungraded</p>
<p>Constables are trusted, and they are sorry when they are late.</p></div>
<h2>Key facts &#8211; 2019/20</h2>
<table class="key-facts"><tbody><tr><th scope="row">Population</th><td>1.20m people<br><span class="arrow">up4%</span> local 10 yr change</td></tr>
<tr><th scope="row">Workforce</th><td>91% frontline</td></tr></tbody></table>
</div><footer class="entry-footer"><p>Page reviewed by the web team</p></footer></article></main></div>
<aside id="secondary" class="widget-area"><h2>Latest news</h2><ul><li>A new inspector is appointed</li></ul></aside></div>
<div class="social-share"><a href="#">Share on one site</a><a href="#">Share on another</a></div>
<footer id="colophon" class="site-footer"><p>Get emails. Crown copyright is claimed for some things.</p></footer>
<script src="/wp.js"></script></body></html>"""

GOVERNMENT = (
    """<!DOCTYPE html><html lang="en" class="govuk-template"><head><meta charset="utf-8">
<title>Oakshire: children's services inspection - GOV.PLACE</title></head><body class="govuk-template__body">
<div id="global-cookie-message" class="gem-c-cookie-banner govuk-cookie-banner" data-nosnippet role="region"
 aria-label="Cookies on this place"><div class="govuk-cookie-banner__message"><h2>Cookies on this place</h2>
<p>We use some essential cookies to make this website work.</p><button>Accept additional cookies</button></div></div>
<a href="#content" class="gem-c-skip-link govuk-skip-link">Skip to main content</a>
<header role="banner" class="gem-c-layout-super-navigation-header"><nav><h2 class="govuk-visually-hidden">Menu</h2>
<ul><li><a href="/browse">Topics</a></li></ul></nav></header>
<div id="wrapper" class="govuk-width-container"><nav class="govuk-breadcrumbs"><ol><li>Home</li></ol></nav>
<main role="main" id="content" class="html-publication"><div class="gem-c-inverse-header">
<h1 class="gem-c-heading">Inspection of Oakshire children's services</h1>
<p>Published 4 March 2022</p></div>
<nav class="contents-list" aria-label="Contents"><h2>Contents</h2><ol><li><a href="#h">Headline findings</a></li></ol></nav>
<div class="govspeak">
<p>Inspection of Oakshire children&rsquo;s services</p><p>Inspection dates: 7 February to 11 February 2022</p>
<table><thead><tr><th scope="col">Judgement</th><th scope="col">Grade</th></tr></thead><tbody>
<tr><td>The impact of WHO on social work practice with children and families</td><td>Good</td></tr>
<tr><td>The OVERALL of children NEED protection</td><td>Requires improvement to be good</td></tr>
<tr><td>The experiences and progress of children in care and care leavers</td><td>Good</td></tr>
<tr><td>Overall effectiveness</td><td>Good</td></tr></tbody></table>
<h2 id="h">Headline findings</h2><p>Social workers in Oakshire keep their promises to children.</p>
<h2>What needs to improve?</h2><ul><li>How soon letters to children are answered.</li>
<li>The heating of the contact centre.</li></ul>
<h2>The OVERALL of children NEED protection: requires improvement to be good</h2>
<div class="application-notice info-notice"><p>Some children wait too long for somebody to visit them.</p></div>
<div class="govuk-accordion"><div class="govuk-accordion__section"><h3><button>Private fostering</button></h3>
<div class="govuk-accordion__section-content"><p>Few carers tell the council that they foster privately.</p></div></div></div>
</div></main></div>
<div class="gem-c-feedback"><form><h2>Is this page useful?</h2><button>Yes</button><button>No</button></form></div>
<footer class="gem-c-layout-footer govuk-footer" role="contentinfo"><h2>Support links</h2><ul><li>Help</li></ul></footer>
</body></html>""".replace("WHO", "leaders")
    .replace("OVERALL", "experiences and progress")
    .replace("NEED", "who need help and")
)

WORD = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word" xmlns="http://www.w3.org/TR/REC-html40">
<head><meta http-equiv=Content-Type content="text/html; charset=windows-1252"><meta name=Generator content="Microsoft Word 15">
<title>Oakshire letter</title><!--[if gte mso 9]><xml><w:WordDocument><w:View>Print</w:View></w:WordDocument></xml><![endif]-->
<style><!-- p.MsoNormal {margin:0cm} --></style></head>
<body lang=EN-GB style='tab-interval:36.0pt'><div class=WordSection1>
<p class=MsoNormal><span style='font-size:11.0pt'>4 March 2020<o:p></o:p></span></p>
<h1>Joint targeted area inspection of the multi-agency response to mislaid bicycles in Oakshire<o:p></o:p></h1>
<p class=MsoNormal>Between 3 and 7 February 2020, Ofsted and the Care Quality Commission (CQC) carried out a joint
inspection of Oakshire.<o:p></o:p></p>
<h2>Key strengths</h2>
<p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'>\xb7<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span><![endif]>Partners
ring each other at once \x96 even at night.<o:p></o:p></p>
<h2>Areas for priority action</h2>
<p class=MsoNormal>The council\x92s records must say where each bicycle was found.<o:p></o:p></p>
<table class=MsoTableGrid border=1><tr><td><p class=MsoNormal><b>Agency</b><o:p></o:p></p></td>
<td><p class=MsoNormal><b>Bicycles</b></p></td></tr><tr><td><p class=MsoNormal>Police</p></td>
<td><p class=MsoNormal>17<o:p></o:p></p></td></tr></table>
<p class=MsoNormal><o:p>&nbsp;</o:p></p></div></body></html>"""

LAYOUT_TABLE = """<html><head><title>Oakshire PEEL 2016</title></head><body bgcolor="#ffffff"><table width="100%"><tr>
<td width="160" class="leftnav"><ul><li><a href="/">Home</a></li><li><a href="/reports">Reports</a></li></ul></td>
<td><h1>PEEL: Police effectiveness 2016</h1><h2>An inspection of Oakshire Police</h2>
<p>Oakshire Police is judged to be good in respect of the effectiveness with which it keeps people safe.</p>
<table border="1"><tr><th>Question</th><th>Grade</th></tr>
<tr><td>How effective is the force at preventing crime?</td><td>Good</td></tr>
<tr><td>How effective is the force at investigating crime?</td><td>Requires improvement</td></tr></table>
<p>Bicycles are marked with a number, and the number is written in a book.</p></td></tr></table></body></html>"""
